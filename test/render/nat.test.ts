import assert from "node:assert/strict";
import { conntrackdConf } from "../../render/conntrackd.ts";
import type { ConntrackdOptions } from "../../render/conntrackd.ts";
import { natRules } from "../../render/nat.ts";
import type { NatOptions } from "../../render/nat.ts";
import { natFiles, natGatewaysOfHost, operatorsNetwork } from "../../render/natGateway.ts";
import { natPackages } from "../../render/natLifecycle.ts";
import { natSysctl } from "../../render/natSystemd.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { check, checkScript, withTree } from "./checkers.ts";
import type { Verdict } from "./checkers.ts";
import { assertGolden } from "./golden.ts";
import { haBox, haHost, natGateways } from "./sampleHa.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";

const box = haBox();
const trees = { "gateway-4": natFiles(box, haHost("gateway-4")), "webserver-1": natFiles(box, haHost("webserver-1")) };
const textOf = (files: readonly TreeFile[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? "";

function checkRules(text: string): Verdict {
  return withTree([{ path: "nat.nft", mode: "0644", text }], (tree) => check("nft", ["-c", "-f", "nat.nft"], tree));
}

const options: NatOptions = {
  ways: [
    {
      input: { interface: "box-network", cidr: "192.168.1.0/24" },
      output: { interface: "gateway-network" },
      source: "192.168.2.253",
    },
  ],
  interfaces: ["gateway-network", "box-network"],
  ssh: { interface: "box-network", ports: [22] },
  openPorts: [],
  vrrpPeers: [],
};

describe("render/nat", () => {
  for (const [host, files] of Object.entries(trees)) {
    it(`reads like the real thing on ${host}`, () => {
      for (const file of files) {
        if (/^(?:nft|sysctl|conntrackd)\//.test(file.path)) assertGolden(`nat/${host}/${file.path}`, file.text);
        else if (host === "gateway-4") assertGolden(`nat/${file.path}`, file.text);
      }
    });

    it(`is accepted by nftables on ${host}`, () => {
      assert.deepEqual(checkRules(textOf(files, "nft/nat.nft")), { ok: true, words: "" });
    });

    it(`has scripts for any POSIX shell on ${host}`, () => {
      for (const file of files.filter(({ text }) => text.startsWith("#!")))
        assert.deepEqual(checkScript(file.text), { ok: true, words: "" }, file.path);
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

  it("is refused by nftables when it is wrong, so that the tests above can fail", () => {
    assert.equal(checkRules(natRules(options).replace("policy drop", "policy drp")).ok, false);
  });

  it("is accepted with the least that there can be", () => {
    assert.deepEqual(checkRules(natRules(options)), { ok: true, words: "" });
  });

  it("touches no table but its own", () => {
    const statements = natRules(options)
      .split("\n")
      .filter((line) => /^(?:add|delete|flush|destroy|table)\b/.test(line));
    const table = "table inet gatebox_nat";
    assert.deepEqual(statements, [`add ${table}`, `delete ${table}`, `${table} {`]);
  });

  it("sets the source to the virtual IP of the output side", () => {
    const rule =
      'iifname "box-network" oifname "gateway-network" ip saddr 192.168.1.0/24 snat ip to 192.168.2.253 fully-random';
    assert.ok(natRules(options).includes(rule));
    assert.doesNotMatch(natRules(options), /masquerade/);
  });

  it("leaves a web server its own ports and the operator's way in, and nothing else of the public network", () => {
    const text = textOf(trees["webserver-1"], "nft/nat.nft");
    assert.match(text, /iifname "public-network" tcp dport 80 accept/);
    assert.match(text, /iifname "public-network" tcp dport 443 accept/);
    assert.match(text, /iifname "public-network" tcp dport \$ssh_ports accept/);
    assert.match(text, /iifname "gateway-network" ip saddr \{ 192\.168\.2\.2 \} udp dport 3780 accept/);
  });

  it("lets VRRP in from the link alone, and what is declared", () => {
    const text = textOf(trees["gateway-4"], "nft/nat.nft");
    assert.match(text, /iifname "box-network" ip saddr \{ 192\.168\.1\.0\/24 \} ip ttl 255 ip protocol 112 accept/);
    assert.match(text, /iifname "gateway-network" ip saddr \{ 192\.168\.2\.0\/24 \} ip ttl 255 ip protocol 112 accept/);
    assert.match(text, /iifname "gateway-network" tcp dport 9090 accept comment "declared"/);
  });

  it("lets VRRP over IPv6 in from the link alone, and is otherwise as without", () => {
    const files = natFiles(ipv6Box(), ipv6Host("webserver-1"));
    const text = textOf(files, "nft/nat.nft");
    const line =
      '        iifname "public-network" ip6 saddr { fd00:0:0:a::/64 } ip6 hoplimit 255 meta l4proto 112 accept comment "VRRP over IPv6"\n';
    assert.deepEqual(checkRules(text), { ok: true, words: "" });
    assert.equal(text.replace(line, ""), textOf(trees["webserver-1"], "nft/nat.nft"));
    assert.notEqual(text.replace(line, ""), text);
    const others = (all: readonly TreeFile[]): TreeFile[] => all.filter(({ path }) => path !== "nft/nat.nft");
    assert.deepEqual(others(files), others(trees["webserver-1"]));
    const mixed = [{ interface: "box-network", addresses: ["192.168.1.15", "fd00::15"] }];
    assert.throws(() => natRules({ ...options, vrrpPeers: mixed }), /of different families; make two entries/);
  });

  it("speaks of connections to nobody where a lone gateway leads out under its own address", () => {
    const alone = haBox({ natGateways: [{ ...natGateways[0]!, snatAddress: { address: "192.168.2.14" } }] });
    const files = natFiles(alone, haHost("gateway-4"));
    assert.deepEqual(
      files.filter(({ path }) => /conntrackd|vip-events/.test(path)),
      [],
    );
    assert.doesNotMatch(textOf(files, "sysctl/nat.conf"), /tcp_loose/);
  });

  it("knows where the operator comes in", () => {
    assert.equal(operatorsNetwork(haHost("gateway-4")), "box-network");
    assert.equal(operatorsNetwork(haHost("webserver-1")), "public-network");
    const { name, addresses, interfaces } = haHost("gateway-4");
    const unnamed = { name, addresses, interfaces };
    assert.throws(
      () => operatorsNetwork(unnamed),
      /hosts\.gateway-4: its connection \(none\) is to none of its addresses/,
    );
    assert.throws(() => natFiles(box, haHost("gateway-1")), /gateway-1 is a member of no NAT gateway's pool/);
    assert.deepEqual(
      natGatewaysOfHost(box, haHost("gateway-5")).map((one) => one.name),
      ["nat"],
    );
  });

  it("throws for what the model never lets through", () => {
    const [way] = options.ways;
    const ways =
      (change: Partial<typeof way>): (() => string) =>
      () =>
        natRules({ ...options, ways: [{ ...way!, ...change }] });
    assert.throws(ways({ output: { interface: "box-network" } }), /both the input and the output/);
    assert.throws(ways({ output: { interface: "eth9" } }), /eth9 is none of the host's interfaces/);
    assert.throws(ways({ source: "0.0.0.0" }), /means every network/);
    assert.throws(() => natRules({ ...options, ways: [] }), /there is no way out/);
    assert.throws(
      () => natRules({ ...options, ssh: { interface: 'a" accept', ports: [22] } }),
      /not an interface name/,
    );
    assert.throws(() => natRules({ ...options, ssh: { interface: "box-network", ports: [] } }), /ssh\.ports is empty/);
  });

  it("names the packages whose programs it calls", () => {
    assert.deepEqual(natPackages, ["nftables", "conntrackd", "netbase", "iproute2", "procps", "kmod"]);
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

  it("speaks to one peer by unicast and to several by multicast", () => {
    assert.match(
      conntrackdConf(sync),
      /UDP \{\n {8}IPv4_address 192\.168\.1\.14\n {8}IPv4_Destination_Address 192\.168\.1\.15\n/,
    );
    const three = conntrackdConf({ ...sync, peers: ["192.168.1.15", "192.168.1.16"] });
    assert.match(three, /Multicast \{\n {8}IPv4_address 225\.0\.0\.50\n/);
    assert.doesNotMatch(three, /UDP \{/);
    assert.match(three, /Mode NOTRACK \{/);
    const syncPeers = { interface: "box-network", addresses: ["192.168.1.15", "192.168.1.16"] };
    const group = 'iifname "box-network" ip protocol igmp ip daddr 224.0.0.0/4 accept';
    assert.ok(natRules({ ...options, syncPeers }).includes(group));
    assert.deepEqual(checkRules(natRules({ ...options, syncPeers })), { ok: true, words: "" });
    const pair = { ...syncPeers, addresses: ["192.168.1.15"] };
    assert.ok(!natRules({ ...options, syncPeers: pair }).includes(group));
  });

  it("throws for what the model never lets through", () => {
    assert.throws(() => conntrackdConf({ ...sync, peers: [] }), /there is no peer/);
    assert.throws(() => conntrackdConf({ ...sync, peers: ["x"] }), /is not an IPv4 address/);
    assert.throws(() => conntrackdConf({ ...sync, conntrackMax: 1 }), /conntrackMax/);
  });
});
