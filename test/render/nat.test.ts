import assert from "node:assert/strict";
import { conntrackdConf } from "../../render/conntrackd/conf.ts";
import type { ConntrackdOptions } from "../../render/conntrackd/conf.ts";
import { natAssembly, natGatewaysOfHost } from "../../render/nat/index.ts";
import { natRules } from "../../render/nat/rules.ts";
import { natSysctl } from "../../render/nat/sysctl.ts";
import { packagesOf } from "../../render/registryOf.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { assertGolden } from "./golden.ts";
import { haBox, haHost, haRegistry, natFiles, natGateways, natOptions, virtualIps } from "./sampleHa.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";

const box = haBox();
const trees = { "gateway-4": natFiles(box, haHost("gateway-4")), "webserver-1": natFiles(box, haHost("webserver-1")) };
const textOf = (files: readonly TreeFile[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? "";

const isScript = ({ text }: TreeFile): boolean => text.startsWith("#!");

describe("render/nat: the assembly", () => {
  for (const [host, files] of Object.entries(trees)) {
    it(`reads like the real thing on ${host}`, () => {
      for (const file of files.filter((one) => !isScript(one))) {
        if (/^(?:nft|sysctl|conntrackd)\//.test(file.path)) assertGolden(`nat/${host}/${file.path}`, file.text);
        else if (host === "gateway-4") assertGolden(`nat/${file.path}`, file.text);
      }
    });

    it(`brings every script that the runtime calls on ${host}, and links only to files that it brings`, () => {
      for (const script of ["check", "activate", "probe", "deactivate", "guard"])
        assert.notEqual(textOf(files, `lifecycle/${script}`), "", script);
      for (const line of textOf(files, "lifecycle/links").trimEnd().split("\n")) {
        const [, target = ""] = line.split(" ");
        assert.notEqual(textOf(files, target), "", line);
      }
    });
  }

  it("has the same scripts on every host, which stand alone", () => {
    const scripts = (files: readonly TreeFile[]): Map<string, string> =>
      new Map(files.filter(isScript).map(({ path, text }) => [path.replace(/^vip-events\/.*/, "vip-events"), text]));
    assert.deepEqual(scripts(trees["gateway-4"]), scripts(trees["webserver-1"]));
    for (const { path, text, mode } of trees["gateway-4"].filter(isScript)) {
      assert.doesNotMatch(text, /^\. \.{1,2}\//m, path);
      assert.equal(mode, "0755", path);
    }
  });

  it("has a program that follows the virtual IP on the input side, whose holder connections are routed through", () => {
    const followed = Object.entries(trees).map(([host, files]) => [
      host,
      files.filter(({ path }) => path.startsWith("vip-events/")).map(({ path }) => path),
      textOf(files, "lifecycle/settings"),
    ]);
    assert.deepEqual(followed, [
      ["gateway-4", ["vip-events/nat"], "holder_addresses='192.168.1.254'\n"],
      ["webserver-1", ["vip-events/egress"], "holder_addresses='192.168.2.254'\n"],
    ]);
  });

  it("names the interfaces that its rules go by", () => {
    assert.equal(textOf(trees["webserver-1"], "interfaces.used"), "public-network\ngateway-network\n");
  });

  it("opens what is declared, and to its peers what they report connections on", () => {
    assert.deepEqual(natAssembly.ports?.(box, haHost("gateway-4")), [
      { network: "box-network", protocol: "udp", port: 3780, from: ["192.168.1.15"], purpose: "conntrackd" },
      {
        network: "gateway-network",
        protocol: "tcp",
        port: 9090,
        purpose: "declared",
        path: "natGateways[0].openPorts",
        unknownListener: true,
      },
    ]);
  });

  it("forwards what begins on its inputs", () => {
    assert.deepEqual(haRegistry.forwardsFrom(box, haHost("gateway-4")), ["box-network"]);
    assert.deepEqual(haRegistry.forwardsFrom(box, haHost("webserver-1")), ["gateway-network"]);
    assert.deepEqual(natAssembly.pools(box), ["nat_gateway_pool", "webservers_pool"]);
  });

  it("has a virtual IP track forwarding on both sides, and one that is for egress alone nothing else", () => {
    const trackingOf = (of: typeof box, vip: keyof typeof virtualIps): unknown =>
      natAssembly.tracking?.(of, haHost("webserver-1"), of.virtualIps[vip]!);
    const tracking = { track: { kind: "forwarding" }, networks: ["gateway-network", "public-network"] };
    assert.deepEqual(trackingOf(box, "egress"), tracking);
    assert.deepEqual(trackingOf(box, "edge"), tracking);
    const clients = { ...virtualIps.edge, name: "clients", address: "192.168.0.34", virtualRouterId: 9 };
    const both = haBox({ virtualIps: { ...virtualIps, clients } });
    assert.deepEqual(trackingOf(both, "edge"), { ...tracking, exclusive: true });
    assert.deepEqual(natAssembly.tracking?.(both, haHost("webserver-1"), clients), tracking);
    assert.deepEqual(haRegistry.trackingOf(both, haHost("webserver-1"), virtualIps.edge).track.kind, "forwarding");
    assert.deepEqual(haRegistry.trackingOf(both, haHost("webserver-1"), clients).track.kind, "daemon");
    assert.equal(trackingOf(box, "kube"), undefined);
  });

  it("touches no table but its own", () => {
    const statements = natRules(natOptions)
      .split("\n")
      .filter((line) => /^(?:add|delete|flush|destroy|table)\b/.test(line));
    const table = "table inet gatebox_nat";
    assert.deepEqual(statements, [`add ${table}`, `delete ${table}`, `${table} {`]);
  });

  it("sets the source to the virtual IP of the output side", () => {
    const rule =
      'iifname "box-network" oifname "gateway-network" ip saddr 192.168.1.0/24 snat ip to 192.168.2.253 fully-random';
    assert.ok(natRules(natOptions).includes(rule));
    assert.doesNotMatch(natRules(natOptions), /masquerade/);
  });

  it("leaves what may reach the host itself to the firewall", () => {
    for (const files of Object.values(trees))
      assert.doesNotMatch(textOf(files, "nft/nat.nft"), /hook (?:input|prerouting)/);
  });

  it("never leads to the box's own hosts and virtual IPs, but to what they open to everybody there", () => {
    const text = textOf(trees["gateway-4"], "nft/nat.nft");
    const [, hosts = ""] = /set box_hosts \{[^}]*elements = \{([^}]*)\}/.exec(text) ?? [];
    const listed = hosts.split(",").map((one) => one.trim());
    const all = [
      ...Object.values(box.hosts).flatMap(({ addresses }) => Object.values(addresses)),
      ...Object.values(box.virtualIps).map((vip) => vip.address),
    ];
    assert.deepEqual([...listed].sort(), [...new Set(all)].sort());
    const [, open = ""] = /set box_open \{[^}]*elements = \{([^}]*)\}/.exec(text) ?? [];
    for (const address of ["192.168.0.30", "192.168.0.32", "192.168.0.33"])
      for (const port of [80, 443]) assert.ok(open.includes(`${address} . tcp . ${port}`), `${address}:${port}`);
    // Declared routes; the border lets through what is one.
    assert.match(open, /192\.168\.2\.10 \. tcp \. 1-21,\s+192\.168\.2\.10 \. tcp \. 23-65535/);
    assert.doesNotMatch(open, / \. tcp \. 22\b/);
  });

  it("limits each address of its input, but for those that others are behind, who are limited there", () => {
    const limits = (files: readonly TreeFile[]): string[] =>
      textOf(files, "nft/nat.nft").match(/^.*ct count over.*$/gm) ?? [];
    const [first, ...more] = limits(trees["gateway-4"]);
    assert.match(
      first ?? "",
      /saddr 192\.168\.1\.0\/24 ct state new .*\{ ip saddr ct count over 16384 \} add @full_0 .* jump refuse_source$/,
    );
    assert.deepEqual(more, []);
    assert.match(
      limits(trees["webserver-1"])[0] ?? "",
      /ct status ! confirmed ip saddr != \{ 192\.168\.2\.253 \} add @sources_0/,
    );
  });

  it("is over IPv6 as without: nothing is forwarded", () => {
    const files = natFiles(ipv6Box(), ipv6Host("webserver-1"));
    assert.match(textOf(files, "nft/nat.nft"), /set box_hosts6 \{/);
    const others = (all: readonly TreeFile[]): TreeFile[] => all.filter(({ path }) => path !== "nft/nat.nft");
    assert.deepEqual(others(files), others(trees["webserver-1"]));
  });

  it("reports connections to nobody where a lone gateway translates to its own address", () => {
    const alone = haBox({ natGateways: [{ ...natGateways[0]!, snatAddress: { address: "192.168.2.14" } }] });
    const files = natFiles(alone, haHost("gateway-4"));
    assert.deepEqual(
      files.filter(({ path }) => /conntrackd|vip-events/.test(path)),
      [],
    );
    assert.doesNotMatch(textOf(files, "sysctl/nat.conf"), /tcp_loose/);
  });

  it("is for members of its pools", () => {
    assert.throws(() => natFiles(box, haHost("gateway-1")), /gateway-1 is a member of no NAT gateway's pool/);
    assert.deepEqual(
      natGatewaysOfHost(box, haHost("gateway-5")).map((one) => one.name),
      ["nat"],
    );
  });

  it("throws for what the model never lets through", () => {
    const [route] = natOptions.egressRoutes;
    const routes =
      (change: Partial<typeof route>): (() => string) =>
      () =>
        natRules({ ...natOptions, egressRoutes: [{ ...route!, ...change }] });
    assert.throws(routes({ output: { interface: "box-network" } }), /both the input and the output/);
    assert.throws(routes({ output: { interface: "eth9" } }), /eth9 is none of the host's interfaces/);
    assert.throws(routes({ snatAddress: "0.0.0.0" }), /means every network/);
    assert.throws(() => natRules({ ...natOptions, egressRoutes: [] }), /there is no egress route/);
    assert.throws(() => natRules({ ...natOptions, interfaces: ['a" accept'] }), /none of the host's interfaces/);
    assert.throws(routes({ perSource: 0 }), /connections of one address/);
    assert.throws(routes({ unlimited: ["any"] }), /is not an IPv4 address/);
  });

  it("names the packages whose programs it calls", () => {
    assert.deepEqual(packagesOf(natAssembly.programs), {
      packages: ["conntrackd", "iproute2", "kmod", "netbase", "nftables", "procps", "socat"],
      maskedUntilConfigured: ["conntrackd.service"],
    });
  });
});

describe("render/conntrackd", () => {
  const sync: ConntrackdOptions = {
    interface: "box-network",
    ownAddress: "192.168.1.14",
    peers: ["192.168.1.15"],
    ownAddresses: ["192.168.1.14"],
    conntrackMax: 65_536,
  };

  it("asks for as many buckets as the kernel gives, which are whole pages of them", () => {
    const settings = (conntrackMax: number): string => natSysctl({ interfaces: [], conntrackMax, synced: false });
    assert.match(settings(100_000), /nf_conntrack_buckets = 106496\n-net.netfilter.nf_conntrack_max = 100000\n/);
    assert.match(settings(262_144), /nf_conntrack_buckets = 262144\n/);
  });

  it("reports to one peer by unicast and to several by multicast", () => {
    assert.match(
      conntrackdConf(sync),
      /UDP \{\n {8}IPv4_address 192\.168\.1\.14\n {8}IPv4_Destination_Address 192\.168\.1\.15\n/,
    );
    const three = conntrackdConf({ ...sync, peers: ["192.168.1.15", "192.168.1.16"] });
    assert.match(three, /Multicast \{\n {8}IPv4_address 225\.0\.0\.50\n/);
    assert.doesNotMatch(three, /UDP \{/);
    assert.match(three, /Mode NOTRACK \{/);
  });

  it("throws for what the model never lets through", () => {
    assert.throws(() => conntrackdConf({ ...sync, peers: [] }), /there is no peer/);
    assert.throws(() => conntrackdConf({ ...sync, peers: ["x"] }), /is not an IPv4 address/);
    assert.throws(() => conntrackdConf({ ...sync, conntrackMax: 1 }), /conntrackMax/);
  });
});
