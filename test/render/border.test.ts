import assert from "node:assert/strict";
import { borderBase, borderPort, borderPortFile } from "../../render/border/rules.ts";
import type { BorderOptions } from "../../render/border/rules.ts";
import { openPortRules } from "../../render/firewall/openPortRules.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { registry } from "../../render/registry.ts";
import { parseProtobox } from "../box/parsing.ts";
import { sharedVolumes } from "../box/sharedVolumes.ts";
import { assertGolden } from "./golden.ts";
import { gatewayHost, sampleBox } from "./sampleRoutes.ts";

const options: BorderOptions = {
  gatewayInterface: "gateway-network",
  gatewayCidr: "192.168.2.0/24",
  innerInterfaces: ["box-network"],
  innerCidrs: ["192.168.1.0/24"],
};

describe("render/border", () => {
  it("reads like the real thing", () => {
    assertGolden("gateway/border/base.nft", borderBase(options));
    assertGolden("gateway/border/ports/30165.nft", borderPort(30165));
  });

  it("touches no table but its own", () => {
    const statements = borderBase(options)
      .split("\n")
      .filter((line) => /^(?:add|delete|flush|destroy|table)\b/.test(line));
    for (const statement of statements) assert.match(statement, / inet gatebox_border(?: |$)/);
    assert.ok(statements.includes("flush table inet gatebox_border"));
  });

  it("is renewed as a whole, each chain of it, but for what it remembers of connections", () => {
    const text = borderBase(options);
    const own = [...text.matchAll(/^ {4}chain (\S+) \{$/gm)].map(([, chain]) => chain);
    for (const verb of ["add", "delete"])
      for (const chain of own) assert.match(text, new RegExp(`^${verb} chain inet gatebox_border ${chain}$`, "m"));
    const kept = [...text.matchAll(/^ {4}set (\S+) \{$/gm)].flatMap(([, set = ""]) =>
      text.includes(`flush set inet gatebox_border ${set}\n`) ? [] : [set],
    );
    assert.deepEqual(kept, ["asked4", "translated4", "asked6", "translated6"]);
  });

  it("takes the networks of the host itself for inner ones, and its SSH port besides 22", () => {
    const host = { ...gatewayHost, connection: { ...gatewayHost.connection!, port: 2222 } };
    const text = gatewayFiles(sampleBox(), host).find((file) => file.path === "border/base.nft")?.text ?? "";
    assert.match(text, /elements = \{ 127\.0\.0\.0\/8, 192\.168\.1\.0\/24 \}/);
    assert.match(text, /tcp dport \{ 22, 2222 \} counter drop/);
    assert.match(text, /oifname \$gateway iifname \{ "box-network" \} ct state new jump refuse/);
  });

  it("takes the IPv6 prefixes of inner networks for forged too", () => {
    const box = sampleBox();
    const networks = { ...box.networks, "box-network": { ...box.networks["box-network"]!, ipv6: "fd00:0:0:b::/64" } };
    const files = gatewayFiles({ ...box, networks }, gatewayHost);
    const text = files.find((file) => file.path === "border/base.nft")?.text ?? "";
    assert.match(text, /elements = \{ ::1\/128, fd00:0:0:b::\/64 \}/);
    for (const wrong of ["fd00::", "192.168.1.0/24", "fd00::/129", "fd00::/64 }"])
      assert.throws(() => borderBase({ ...options, innerPrefixes6: [wrong] }), /is not an IP(?:v6 prefix| address)/);
  });

  it("lets in what other programs of the gateway open on its network, from whom they say, and on no other", () => {
    const box = parseProtobox({ sharedVolumes });
    const { network, pool } = box.kubeGateways!;
    for (const name of box.pools[pool]!.members) {
      const host = box.hosts[name]!;
      const text = gatewayFiles(box, host, registry).find((file) => file.path === "border/base.nft")?.text ?? "";
      const [, accepted = ""] = /chain from_gateway_network \{\n([^}]*(?:\{[^}]*\}[^}]*)*)jump refuse/.exec(text) ?? [];
      const others = registry
        .portsOf(box, host)
        .filter((one) => one.network === network && "port" in one && one.untrackedOnly !== true);
      assert.equal(others.length, 3, "GlusterFS has three");
      for (const rule of openPortRules(host, others)) assert.ok(accepted.includes(`        ${rule}\n`), rule);
      assert.doesNotMatch(accepted, /"box-network"/);
    }
  });

  it("throws for what the model never lets through", () => {
    assert.throws(() => borderBase({ ...options, gatewayInterface: 'x" accept' }), /not an interface name/);
    assert.throws(() => borderBase({ ...options, gatewayCidr: "192.168.2.0" }), /not an IPv4 network/);
    assert.throws(
      () => borderBase({ ...options, innerInterfaces: ["gateway-network"] }),
      /both the gateway's and an inner/,
    );
    assert.throws(() => borderBase({ ...options, sshPorts: [] }), /sshPorts is empty/);
    assert.throws(() => borderPort(0), /0 is not a port/);
    assert.equal(borderPortFile(30165), "border/ports/30165.nft");
  });
});
