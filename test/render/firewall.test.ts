import assert from "node:assert/strict";
import type { Host } from "../../box/model.ts";
import type { OpenPort } from "../../render/assembly.ts";
import { openPortRules } from "../../render/firewall/openPortRules.ts";
import { operatorAccess, operatorRules } from "../../render/firewall/operatorAccess.ts";
import { closedRules, firewallRules } from "../../render/firewall/rules.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";
import { firewall, firewallFile, firewallTree } from "./sampleFirewall.ts";

const protobox = parseProtobox();
const hostOf = (name: string): Host => protobox.hosts[name]!;
const gateway = hostOf("gateway-1");
const opened = (...ports: OpenPort[]): string[] => openPortRules(gateway, ports);

describe("render/firewall: the files of a host", () => {
  for (const name of ["gateway-1", "gateway-4", "webserver-1", "supervisor-1"])
    for (const file of ["nft/firewall.nft", "nft/closed.nft", "lifecycle/settings"])
      it(`${file} of ${name} reads like the real thing`, () =>
        assertGolden(`firewall/${name}/${file}`, firewallFile(protobox, hostOf(name), file)));

  it("units read like the real thing", () => {
    for (const file of ["systemd/gatebox-firewall.service", "systemd/gatebox-closed.service", "files.list"])
      assertGolden(`firewall/${file}`, firewallFile(protobox, gateway, file));
  });

  it("bring every script that the runtime calls, copy only what they bring, and link nothing into /var", () => {
    const paths = new Map(firewallTree(protobox, gateway).map((file) => [file.path, file]));
    for (const step of ["check", "activate", "probe", "deactivate"])
      assert.equal(paths.get(`lifecycle/${step}`)?.mode, "0755", step);
    for (const line of paths.get("files.list")!.text.trimEnd().split("\n"))
      assert.ok(paths.has(line.split(" ")[0] ?? ""), line);
    assert.ok(!paths.has("lifecycle/links"));
    assert.equal(paths.get("lifecycle/guard")?.text, "60\n");
  });

  it("are for every host that another assembly configures, and for no other", () => {
    const members = new Set(firewall.pools(protobox).flatMap((pool) => protobox.pools[pool]!.members));
    const configured = Object.values(protobox.hosts).filter(({ connection }) => connection !== undefined);
    assert.deepEqual([...members].sort(), configured.map(({ name }) => name).sort());
  });
});

describe("render/firewall: rules", () => {
  const options = {
    interfaces: ["box-network"],
    operator: { ports: [22], on: { interfaces: ["box-network"] } },
    cidrs: ["192.168.1.0/24"],
    prefixes6: [],
    openPorts: [],
    forwardsFrom: [],
  } as const;
  const statements = (text: string): string[] =>
    text.split("\n").filter((line) => /^(?:add|delete|flush|destroy|table|include)\b/.test(line));

  it("open the host in the last lines, when the table is whole: a file that was cut short leaves it closed", () => {
    assert.deepEqual(statements(firewallRules(options)), [
      "add table inet gatebox_firewall",
      "delete table inet gatebox_firewall",
      "table inet gatebox_firewall {",
      "add table inet gatebox_closed",
      "delete table inet gatebox_closed",
    ]);
  });

  it("of a closed host touch no table but their own", () => {
    assert.deepEqual(statements(closedRules(options.operator)), [
      "add table inet gatebox_closed",
      "delete table inet gatebox_closed",
      "table inet gatebox_closed {",
    ]);
  });

  it("forward nothing but answers and what pods begin, on a host that forwards from nowhere", () => {
    const forward = /chain forward \{[^}]*\}/.exec(firewallRules(options))?.[0] ?? "";
    assert.deepEqual(forward.match(/.*accept.*/g), [
      "        ct direction reply ct state established accept",
      "        ct state related accept",
    ]);
  });

  it("take the box's IPv6 prefixes for no pods' either", () => {
    assert.doesNotMatch(firewallRules(options), /box_prefixes/);
    assert.match(firewallRules({ ...options, prefixes6: ["fd00:0:0:b::/64"] }), /ip6 saddr @box_prefixes return/);
  });

  it("throw for what the model never lets through", () => {
    assert.throws(() => firewallRules({ ...options, interfaces: ['x" accept'] }), /not an interface name/);
    assert.throws(() => firewallRules({ ...options, interfaces: [] }), /without any interface/);
    assert.throws(() => firewallRules({ ...options, cidrs: ["192.168.1.0"] }), /not an IPv4 network/);
    assert.throws(() => firewallRules({ ...options, prefixes6: ["fd00::"] }), /not an IPv6 prefix/);
    const operator = { ports: [], on: { interfaces: ["box-network"] } };
    assert.throws(() => closedRules(operator), /name the port that sshd listens on/);
    assert.throws(() => closedRules({ ports: [22], on: { interfaces: [] } }), /name an interface/);
  });
});

describe("render/firewall: open ports", () => {
  const metrics = { network: "box-network", protocol: "tcp", port: 8405, purpose: "HAProxy's metrics" } as const;

  it("are open on the interface of their network, from everybody or from some", () => {
    assert.deepEqual(
      opened(
        metrics,
        { ...metrics, protocol: "udp", from: ["192.168.1.14", "192.168.1.15"], purpose: "peers" },
        { ...metrics, from: ["fd00::/64"], purpose: "over IPv6" },
        { ...metrics, port: { first: 30000, last: 32767 }, untrackedOnly: true, purpose: "declared" },
      ),
      [
        `iifname "box-network" tcp dport 8405 accept comment "HAProxy's metrics"`,
        `iifname "box-network" ip saddr { 192.168.1.14, 192.168.1.15 } udp dport 8405 accept comment "peers"`,
        `iifname "box-network" ip6 saddr { fd00::/64 } tcp dport 8405 accept comment "over IPv6"`,
        `iifname "box-network" tcp dport 30000-32767 ct state untracked accept comment "declared"`,
      ],
    );
  });

  it("may bound the new connections of an address, and of an IPv6 network, before they let any in", () => {
    const begins = 'iifname "box-network" tcp dport 8405 tcp flags & (fin | syn | rst | ack) == syn';
    const over = "timeout 1m limit rate over 5/second burst 10 packets";
    assert.deepEqual(opened({ ...metrics, newConnectionsPerSecond: 5 }), [
      `${begins} update @new_connections { ip saddr ${over} } jump refuse_greedy`,
      `${begins} update @new_connections6 { ip6 saddr & ffff:ffff:ffff:ffff:: ${over} } jump refuse_greedy`,
      `iifname "box-network" tcp dport 8405 accept comment "HAProxy's metrics"`,
    ]);
  });

  it("may be protocols without ports, of one family or both", () => {
    const network = "gateway-network";
    assert.deepEqual(
      opened(
        { network, protocol: "vrrp", purpose: "VRRP" },
        { network, protocol: "vrrp", from: ["192.168.2.0/24"], purpose: "VRRP" },
        { network, protocol: "vrrp", from: ["fd00::/64"], purpose: "VRRP" },
        { network, protocol: "ipip", purpose: "tunnel" },
      ),
      [
        'iifname "gateway-network" ip ttl 255 ip protocol 112 accept comment "VRRP"',
        'iifname "gateway-network" ip6 hoplimit 255 meta l4proto 112 accept comment "VRRP"',
        'iifname "gateway-network" ip saddr { 192.168.2.0/24 } ip ttl 255 ip protocol 112 accept comment "VRRP"',
        'iifname "gateway-network" ip6 saddr { fd00::/64 } ip6 hoplimit 255 meta l4proto 112 accept comment "VRRP"',
        'iifname "gateway-network" ip protocol 4 accept comment "tunnel"',
      ],
    );
  });

  it("that two assemblies open in the same way are there once", () => {
    assert.equal(opened(metrics, { ...metrics, purpose: "another's" }).length, 1);
    assert.equal(opened(metrics, { ...metrics, network: "gateway-network" }).length, 2);
  });

  it("have a purpose that cannot end the comment, nor be longer than nftables keeps", () => {
    const [rule = ""] = opened({ ...metrics, purpose: `"; accept\n\\${"é".repeat(200)}` });
    assert.match(rule, /comment "\?; accept\?\?\?+"$/);
    assert.ok(rule.length < 200);
  });

  it("throw for what the model never lets through", () => {
    assert.throws(() => opened({ ...metrics, network: "public-network" }), /interfaces of gateway-1/);
    assert.throws(() => opened({ ...metrics, port: 0 }), /0 is not a port/);
    assert.throws(() => opened({ ...metrics, port: { first: 5, last: 4 } }), /5 is more than 4/);
    assert.throws(() => opened({ ...metrics, from: [] }), /open to nobody/);
    assert.throws(() => opened({ ...metrics, from: ["10.0.0.1", "fd00::1"] }), /different families/);
    assert.throws(() => opened({ ...metrics, from: ["10.0.0.1/33"] }), /not an IPv4 network/);
    assert.throws(() => opened({ ...metrics, from: ["anywhere"] }), /not an IP address/);
  });
});

describe("render/firewall: where the operator comes in", () => {
  const matchOf = (host: Host, box = protobox): string => {
    const { ports, on } = operatorAccess(box, host);
    const [rule = "", ...others] = operatorRules({ ports, on });
    assert.deepEqual(others, []);
    return rule.replace(' accept comment "the operator"', "");
  };
  const reachedAt = (host: Host, address: string, port = 22): Host => ({
    ...host,
    connection: { ...host.connection!, address, port },
  });

  it("is the network of the connection's address", () => {
    assert.equal(matchOf(gateway), 'iifname { "box-network" } tcp dport { 22 }');
    assert.equal(matchOf(hostOf("webserver-1")), 'iifname { "public-network" } tcp dport { 22 }');
    // Over a bastion, but on its own address all the same.
    assert.equal(matchOf(hostOf("gateway-3")), 'iifname { "box-network" } tcp dport { 22 }');
    const sixth = { ...gateway, addresses6: { "box-network": "fd00::11" } };
    assert.equal(matchOf(reachedAt(sixth, "fd00::11", 2222)), 'iifname { "box-network" } tcp dport { 22, 2222 }');
  });

  it("is also where a bastion is reached by its users", () => {
    const bastion = { ...hostOf("supervisor-1").connection!, address: "192.168.2.11", port: 2200 };
    const inner = { ...hostOf("gateway-3"), connection: { ...hostOf("gateway-3").connection!, bastion } };
    const box = { ...protobox, hosts: { ...protobox.hosts, "gateway-3": inner } };
    assert.equal(matchOf(gateway, box), 'iifname { "box-network", "gateway-network" } tcp dport { 22, 2200 }');
    const elsewhere = reachedAt(gateway, "203.0.113.1");
    assert.equal(matchOf(elsewhere, box), "tcp dport { 22, 2200 }");
  });

  it("is everywhere but where strangers are, if the address is none of the host's", () => {
    const unnamed = (name: string): string => matchOf(reachedAt(hostOf(name), "203.0.113.1"));
    assert.equal(unnamed("gateway-1"), 'iifname != { "gateway-network" } tcp dport { 22 }');
    assert.equal(unnamed("supervisor-1"), "tcp dport { 22 }");
    // It has no other network than the clients' that the operator could come in by.
    assert.equal(unnamed("webserver-1"), 'iifname != { "gateway-network" } tcp dport { 22 }');
    const third = reachedAt(hostOf("webserver-1"), "203.0.113.1");
    const addresses = { ...third.addresses, "box-network": "192.168.1.30" };
    const interfaces = { ...third.interfaces, "box-network": "box-network" };
    assert.equal(
      matchOf({ ...third, addresses, interfaces }),
      'iifname != { "gateway-network", "public-network" } tcp dport { 22 }',
    );
  });

  it("is from the addresses and networks that the stack names, and for all others from nowhere", () => {
    const from = ["192.168.0.2", "192.168.1.0/24", "192.168.1.7", "2001:db8::/64", "2001:db8::7"];
    const access = { ports: [22], on: { interfaces: ["box-network"] }, from };
    const sources = ["ip saddr 192.168.0.2", "ip saddr 192.168.1.0/24", "ip saddr 192.168.1.7"];
    const rules = [...sources, "ip6 saddr 2001:db8::/64", "ip6 saddr 2001:db8::7"].map(
      (source) => `iifname { "box-network" } ${source} tcp dport { 22 } accept comment "the operator"`,
    );
    assert.deepEqual(operatorRules(access), rules);
    for (const wrong of [[], ["anywhere"], ["10.0.0.1/33"], ["10.0.0.1 accept"]])
      assert.throws(() => operatorRules({ ...access, from: wrong }), /firewall: name an address|is not an IP/);
  });

  it("is, for a host behind a bastion, also where the bastion is", () => {
    const fromOf = (name: string, from: readonly string[]) => {
      const box = parseProtobox({ "connection.from": from });
      return operatorAccess(box, box.hosts[name]!).from;
    };
    assert.deepEqual(fromOf("gateway-3", ["192.168.0.2"]), ["192.168.0.2", "192.168.1.7"]);
    assert.deepEqual(fromOf("gateway-1", ["192.168.0.2"]), ["192.168.0.2"]);
    // What is let in already is not named again.
    assert.deepEqual(fromOf("gateway-3", ["192.168.1.0/24"]), ["192.168.1.0/24"]);
  });
});
