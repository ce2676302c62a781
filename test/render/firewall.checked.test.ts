import assert from "node:assert/strict";
import fc from "fast-check";
import type { OpenPort } from "../../render/assembly.ts";
import { openPortRules } from "../../render/firewall/openPortRules.ts";
import { operatorAccess } from "../../render/firewall/operatorAccess.ts";
import { closedRules, firewallRules } from "../../render/firewall/rules.ts";
import { parseProtobox } from "../box/parsing.ts";
import { check, checkScript, withTree, type Verdict } from "./checkers.ts";
import { firewallTree } from "./sampleFirewall.ts";

const fine: Verdict = { ok: true, words: "" };
const protobox = parseProtobox();
const host = protobox.hosts["gateway-1"]!;

function checkRules(text: string): Verdict {
  return withTree([{ path: "rules.nft", mode: "0644", text }], (tree) => check("nft", ["-c", "-f", "rules.nft"], tree));
}

const openPort: fc.Arbitrary<OpenPort> = fc
  .record({
    network: fc.constantFrom("box-network", "gateway-network"),
    purpose: fc.string({ maxLength: 150 }),
    from: fc.option(
      fc.oneof(
        fc.array(fc.ipV4(), { minLength: 1, maxLength: 3 }),
        fc.constant(["192.168.1.0/24", "192.168.1.5", "10.0.0.0/8"]),
        fc.constant(["fd00::/64", "fd00::1", "2001:db8::/32"]),
      ),
      { nil: undefined },
    ),
    first: fc.integer({ min: 1, max: 65535 }),
    more: fc.nat({ max: 3000 }),
    kind: fc.constantFrom("tcp", "udp", "untracked", "range", "vrrp", "ipip"),
  })
  .map(({ network, purpose, from, first, more, kind }): OpenPort => {
    const common = { network, purpose, ...(from ? { from } : {}) };
    switch (kind) {
      case "vrrp":
      case "ipip":
        return { ...common, protocol: kind };
      case "untracked":
        return { ...common, protocol: "tcp", port: first, untrackedOnly: true };
      case "range":
        return { ...common, protocol: "tcp", port: { first, last: Math.min(65535, first + more) } };
      case "tcp":
      case "udp":
        return { ...common, protocol: kind, port: first };
    }
  });

describe("render/firewall: nftables' and the shell's own checkers", () => {
  for (const name of ["gateway-1", "gateway-4", "webserver-1", "supervisor-1"]) {
    it(`rules of ${name} are accepted by nftables`, () => {
      for (const { path, text } of firewallTree(protobox, protobox.hosts[name]!))
        if (path.endsWith(".nft")) assert.deepEqual(checkRules(text), fine, path);
    });
  }

  it("rules of a host whose operator comes in by an interface that is not named are accepted", () => {
    for (const allBut of [[], ["gateway-network"]])
      assert.deepEqual(checkRules(closedRules({ ports: [22, 2222], on: { allBut } })), fine);
  });

  it("rules of any open ports are accepted, and hold each port once", () => {
    const base = {
      interfaces: Object.values(host.interfaces),
      operator: operatorAccess(protobox, host),
      cidrs: Object.values(protobox.networks).map(({ cidr }) => cidr),
      prefixes6: ["fd00:0:0:b::/64"],
      forwardsFrom: ["box-network"],
    };
    fc.assert(
      fc.property(fc.array(openPort, { maxLength: 12 }), (ports) => {
        const openPorts = openPortRules(host, [...ports, ...ports]);
        const text = firewallRules({ ...base, openPorts });
        assert.deepEqual(checkRules(text), fine);
        const matches = openPorts.map((rule) => rule.replace(/ comment .*/, ""));
        assert.equal(new Set(matches).size, matches.length);
        for (const rule of openPorts) assert.equal(text.split(`        ${rule}\n`).length, 2, rule);
        const last = ports.at(-1);
        if (last && "port" in last && !last.from) {
          const range = typeof last.port === "number" ? { first: last.port, last: last.port } : last.port;
          // A range of one port is written as that port.
          const wanted = range.first === range.last ? String(range.first) : `${range.first}-${range.last}`;
          assert.match(openPorts.join("\n"), new RegExp(`"${last.network}" ${last.protocol} dport ${wanted}\\b`));
        }
      }),
      // A run of nft each, of some 20 ms.
      { numRuns: 60 },
    );
  });

  it("scripts are for any POSIX shell", () => {
    for (const { path, text } of firewallTree(protobox, host))
      if (text.startsWith("#!/bin/sh\n")) assert.deepEqual(checkScript(text), fine, path);
  });
});
