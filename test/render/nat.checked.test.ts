import assert from "node:assert/strict";
import { openings } from "../../render/nat/openings.ts";
import { natRules } from "../../render/nat/rules.ts";
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

  it("are accepted by nftables with ports of every kind", () => {
    const common = { network: "box-network", purpose: 'of "every" kind' } as const;
    const openPorts = openings(haHost("gateway-4"), [
      { ...common, protocol: "tcp", port: { first: 30000, last: 32767 }, untrackedOnly: true },
      { ...common, protocol: "udp", port: 53, from: ["192.168.1.0/24", "192.168.2.1"] },
      { ...common, protocol: "udp", port: 53, from: ["fd00::/64", "fd01::1"] },
      { ...common, protocol: "ipip" },
      { ...common, protocol: "vrrp" },
    ]);
    assert.deepEqual(checkRules(natRules({ ...natOptions, openPorts })), { ok: true, words: "" });
  });
});

describe("render/nat: the scripts as they reach a host", () => {
  for (const file of trees["gateway-4"].filter(({ text }) => text.startsWith("#!")))
    it(`${file.path} is a script for any POSIX shell`, () =>
      assert.deepEqual(checkScript(file.text), { ok: true, words: "" }));
});
