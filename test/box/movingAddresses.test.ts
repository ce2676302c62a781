import assert from "node:assert/strict";
import { hostKeyFor } from "./hostKey.ts";
import { violationsOf, parseProtobox } from "./parsing.ts";

const kube = {
  pool: "kube-gateway-pool",
  network: "gateway-network",
  address: "192.168.2.9",
  virtualRouterId: 4,
};

/** Changes that give the Protobox a pool of this many hosts, and the pool a VIP. */
function largePool(count: number): Record<string, unknown> {
  const names = Array.from({ length: count }, (_, index) => `many-${index}`);
  const hosts = names.map((name, index) => {
    const addresses = { wide: `10.0.1.${index + 1}` };
    return [`hosts.${name}`, { addresses, connection: { network: "wide" }, hostKey: hostKeyFor(name) }] as const;
  });
  return {
    // Monitoring's own hosts are not on this network.
    monitoring: undefined,
    "networks.wide": "10.0.0.0/16",
    ...Object.fromEntries(hosts),
    "pools.many": names,
    "virtualIps.many": { pool: "many", network: "wide", address: "10.0.9.9", virtualRouterId: 1 },
  };
}

describe("VIPs and NAT gateways", () => {
  it("are none by default, and nothing is configured for them", () => {
    const box = parseProtobox({ virtualIps: undefined, natGateways: undefined, hostNetworks: undefined });
    assert.deepEqual([box.virtualIps, box.natGateways, box.warnings], [{}, [], []]);
    assert.equal(box.hosts["gateway-4"]?.connection, undefined);
  });

  it("make their pools' hosts configured ones: a VIP alone, a NAT gateway alone", () => {
    const nat = parseProtobox({ natGateways: [], hostNetworks: undefined });
    assert.equal(nat.hosts["gateway-5"]?.connection?.hostKey, hostKeyFor("gateway-5"));
    const lone = { name: "lone", pool: "lone-pool", input: "box-network", output: "gateway-network" };
    const box = parseProtobox({
      virtualIps: {},
      hostNetworks: undefined,
      "pools.lone-pool": ["gateway-5"],
      natGateways: [{ ...lone, snatAddress: "192.168.2.15", openPorts: [{ network: "gateway-network", port: 9090 }] }],
    });
    assert.equal(box.hosts["gateway-5"]?.connection?.address, "192.168.1.15");
    assert.equal(box.hosts["gateway-4"]?.connection, undefined);
    assert.deepEqual(box.natGateways, [
      {
        ...lone,
        snatAddress: { address: "192.168.2.15" },
        openPorts: [{ network: "gateway-network", protocol: "tcp", port: 9090 }],
        conntrackMax: 262_144,
        conntrackPerSource: 16_384,
      },
    ]);
  });

  it("have defaults: priorities by the pool's order, preempt, ten adverts a second", () => {
    assert.deepEqual(parseProtobox({ "virtualIps.kube": kube }).virtualIps["kube"], {
      name: "kube",
      ...kube,
      prefixLength: 24,
      priorities: { "gateway-1": 200, "gateway-2": 190, "gateway-3": 180 },
      preempt: true,
      advertIntervalMs: 100,
    });
  });

  for (const count of [1, 2, 20, 21, 200, 201, 253]) {
    it(`have ${count} default priorities for ${count} hosts: descending, from 2 to 254`, () => {
      const box = parseProtobox(largePool(count));
      const priorities = (box.pools["many"]?.members ?? []).map(
        (name) => box.virtualIps["many"]?.priorities[name] ?? 0,
      );
      assert.equal(priorities.length, count);
      assert.ok(priorities.every((priority, index) => index === 0 || priority < (priorities[index - 1] ?? 0)));
      assert.ok(priorities.every((priority) => priority >= 2 && priority <= 254));
      assert.equal(priorities[0], Math.max(200, count + 1));
    });
  }

  it("have no more hosts than there are priorities", () => {
    assert.deepEqual(
      violationsOf(() => parseProtobox(largePool(254))),
      ['virtualIps.many.pool: "many" has 254 hosts, and there are 253 priorities: choose a smaller pool'],
    );
  });

  it("may have one number on two networks", () => {
    const { virtualIps } = parseProtobox({ "virtualIps.kube": { ...kube, virtualRouterId: 1 } });
    assert.equal(virtualIps["kube"]?.virtualRouterId, virtualIps["edge"]?.virtualRouterId);
  });

  it("may open the web servers' own ports to clients: they are at the edge, and nothing of theirs lies behind it", () => {
    const openPorts = [{ network: "public-network", port: 443 }];
    assert.equal(parseProtobox({ "natGateways.1.openPorts": openPorts }).natGateways[1]?.openPorts[0]?.port, 443);
  });
});

describe("warnings", () => {
  /** What makes the Protobox's own warning go: a source that moves with the address that is its default gateway. */
  const sound = {
    "virtualIps.egressOut": {
      pool: "webservers-pool",
      network: "public-network",
      address: "192.168.0.34",
      virtualRouterId: 7,
      priorities: { "webserver-2": 200, "webserver-1": 100 },
      syncGroup: "egress",
    },
    "natGateways.1.snatAddress": "egressOut",
  };

  it("are none where every address can move, and answers come back to where connections are known", () => {
    assert.deepEqual(parseProtobox(sound).warnings, []);
  });

  it("tell of a VIP whose pool has one host", () => {
    const changes = {
      "virtualIps.gateways": undefined,
      "virtualIps.kube": { ...kube, pool: "lone-pool" },
      "pools.lone-pool": ["gateway-1"],
    };
    assert.deepEqual(parseProtobox({ ...sound, ...changes }).warnings, [
      "virtualIps.kube.pool: lone-pool has one host, gateway-1: when that fails, nobody takes 192.168.2.9 over; add a host to the pool",
    ]);
  });

  it("do not tell of addresses that part where one host has them all", () => {
    const { warnings } = parseProtobox({
      ...sound,
      "pools.nat-gateway-pool": ["gateway-4"],
      "virtualIps.nat.priorities": undefined,
      "virtualIps.natOut.priorities": undefined,
      "virtualIps.natOut.syncGroup": undefined,
    });
    const lone = "nat-gateway-pool has one host, gateway-4: when that fails, nobody takes";
    assert.deepEqual(warnings, [
      `virtualIps.nat.pool: ${lone} 192.168.1.254 over; add a host to the pool`,
      `virtualIps.natOut.pool: ${lone} 192.168.2.253 over; add a host to the pool`,
    ]);
  });

  it("tell of a source that does not move with the address that hosts send to", () => {
    assert.deepEqual(parseProtobox({ ...sound, "virtualIps.natOut.syncGroup": undefined }).warnings, [
      'natGateways[0].snatAddress: "natOut" may be on another host than nat, the default gateway of box-network, and answers would go astray: name a VIP on gateway-network with "syncGroup: nat"',
    ]);
  });

  it("warn of a NAT gateway whose own default route leads back into the network that it translates", () => {
    const warnings = (defaultGateway: string): readonly string[] =>
      parseProtobox({ "hosts.gateway-5.defaultGateway": defaultGateway }).warnings;
    assert.deepEqual(warnings("192.168.1.7"), [
      "hosts.gateway-5.defaultGateway: 192.168.1.7 is on box-network, which nat-gateway-pool is the egress of: what comes from there and is for none of the networks of gateway-5 is not let out; write the next router on gateway-network",
    ]);
    assert.deepEqual(warnings("192.168.2.254"), []);
  });
});

describe("what a host's network is made of", () => {
  it("is kept: hardware addresses in lower case, the next router", () => {
    const host = parseProtobox({
      "hosts.node-1.macAddresses": { "box-network": "02:67:C0:A8:01:33" },
      "hosts.node-1.defaultGateway": "192.168.1.254",
    }).hosts["node-1"];
    assert.deepEqual(host?.macAddresses, { "box-network": "02:67:c0:a8:01:33" });
    assert.equal(host.defaultGateway, "192.168.1.254");
  });

  it("is left out where nothing is said", () => {
    const host = parseProtobox().hosts["node-1"] ?? {};
    assert.ok(!("macAddresses" in host) && !("defaultGateway" in host));
  });

  it("warn of SSH that is open to all clients, and not where the stack says to whom", () => {
    const missing =
      "connection.from: is missing, and SSH of webserver-1, webserver-2 is open to everybody on public-network, where clients come from: " +
      "write the addresses that the operator comes from";
    assert.deepEqual(parseProtobox({ "connection.from": undefined }).warnings, [missing]);
    const own = { "hosts.webserver-1.connection": { network: "public-network", from: ["192.168.0.2"] } };
    assert.deepEqual(parseProtobox({ "connection.from": undefined, ...own }).warnings, [
      missing.replace("webserver-1, ", ""),
    ]);
  });
});
