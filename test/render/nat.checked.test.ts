import assert from "node:assert/strict";
import fc from "fast-check";
import { boxEnds } from "../../render/nat/boxEnds.ts";
import { natRules } from "../../render/nat/rules.ts";
import { registryOf } from "../../render/registryOf.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { check, checkScript, withTree } from "./checkers.ts";
import type { Verdict } from "./checkers.ts";
import { haBox, haHost, natFiles, natOptions, threeGateways } from "./sampleHa.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";

const box = haBox();
const trees = {
  "gateway-4": natFiles(box, haHost("gateway-4")),
  "webserver-1": natFiles(box, haHost("webserver-1")),
  "webserver-1 with IPv6": natFiles(ipv6Box(), ipv6Host("webserver-1")),
  "a gateway of three": threeGateways(),
};

function checkRules(text: string): Verdict {
  return withTree([{ path: "nat.nft", mode: "0644", text }], (tree) => check("nft", ["-c", "-f", "nat.nft"], tree));
}

function rulesOf(files: readonly TreeFile[]): string {
  return files.find(({ path }) => path === "nft/nat.nft")?.text ?? "";
}

describe("render/nat: the rules", () => {
  for (const [host, files] of Object.entries(trees))
    it(`are accepted by nftables on ${host}`, () => {
      assert.deepEqual(checkRules(rulesOf(files)), { ok: true, words: "" });
    });

  it("are refused by nftables when they are wrong, so that the tests above can fail", () => {
    assert.equal(checkRules(natRules(natOptions).replace("policy drop", "policy drp")).ok, false);
  });

  it("are accepted by nftables with the least that there can be", () => {
    assert.deepEqual(checkRules(natRules(natOptions)), { ok: true, words: "" });
  });

  it("are accepted by nftables whatever the hosts of the box open, and lead to no SSH of theirs", () => {
    const hosts = Object.values(box.hosts);
    const range = fc.tuple(fc.integer({ min: 1, max: 65535 }), fc.nat({ max: 40_000 })).map(([first, more]) => ({
      first,
      last: Math.min(65535, first + more),
    }));
    const opened = fc.record({
      host: fc.constantFrom(...hosts.map(({ name }) => name)),
      network: fc.constantFrom("public-network", "gateway-network", "box-network"),
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
      port: fc.oneof(range, fc.integer({ min: 1, max: 65535 })),
    });
    const ssh = fc.constantFrom(22, 2222, 30_000);
    fc.assert(
      fc.property(fc.array(opened, { maxLength: 12 }), fc.array(ssh, { minLength: 6, maxLength: 6 }), (ports, own) => {
        const changed = Object.fromEntries(
          hosts.map((one, index) => [one.name, { ...one, connection: { ...one.connection!, port: own[index] ?? 22 } }]),
        );
        const openers = registryOf([
          {
            name: "any",
            pools: () => Object.keys(box.pools),
            programs: [],
            files: () => [],
            ports: (_, { name, addresses }) =>
              ports
                .filter(({ host, network }) => host === name && network in addresses)
                .map(({ network, protocol, port }) => ({ network, protocol, port, purpose: "any" })),
          },
        ]);
        const ends = boxEnds({ ...box, hosts: changed }, openers, [box.natGateways[0]!]);
        assert.deepEqual(checkRules(natRules({ ...natOptions, box: ends })), { ok: true, words: "" });
        for (const { address, protocol, first, last } of ends.open)
          for (const { addresses, connection } of Object.values(changed))
            if (protocol === "tcp" && Object.values(addresses).includes(address))
              for (const port of [22, connection.port]) assert.ok(port < first || port > last, `${address} ${port}`);
      }),
      // A run of nft each, of some 20 ms.
      { numRuns: 60 },
    );
  });
});

describe("render/nat: the scripts as they reach a host", () => {
  for (const file of trees["gateway-4"].filter(({ text }) => text.startsWith("#!")))
    it(`${file.path} is a script for any POSIX shell`, () =>
      assert.deepEqual(checkScript(file.text), { ok: true, words: "" }));
});
