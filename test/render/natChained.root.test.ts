import assert from "node:assert/strict";
import { haBox, haHost, natFiles, natGateways } from "./sampleHa.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { Segment } from "./sandbox/segment.ts";

/** One host that translates the box into the gateway network, and that network into the public one. */
describe("render: two egress routes in a row on one NAT gateway", function () {
  this.timeout(60_000);
  const addresses = { "public-network": "192.168.0.14", ...haHost("gateway-4").addresses };
  const gateway = {
    ...haHost("gateway-4"),
    addresses,
    interfaces: Object.fromEntries(Object.keys(addresses).map((network) => [network, network])),
  };
  const [first] = natGateways;
  const box = haBox({
    hosts: { ...haBox().hosts, "gateway-4": gateway },
    pools: { ...haBox().pools, nat_gateway_pool: { name: "nat_gateway_pool", members: ["gateway-4"] } },
    virtualIps: {},
    natGateways: [
      { ...first!, snatAddress: { address: "192.168.2.14" } },
      {
        ...first!,
        name: "out",
        input: "gateway-network",
        output: "public-network",
        snatAddress: { address: "192.168.0.14" },
      },
    ],
  });
  const neighbours: Record<string, string> = {
    "box-network": "192.168.1.51",
    // No host of the box, or egress would not lead there.
    "gateway-network": "192.168.2.77",
    "public-network": "192.168.0.100",
  };
  const hosts = new Map<string, Sandbox>();
  let host: Sandbox;
  const segments: Segment[] = [];
  const on = (network: string): Sandbox => hosts.get(network)!;
  /** What `to` says whom it is asked by, asked from a host on the network `from`; nothing where it is not reached. */
  const asked = (from: string, to: string): string =>
    on(from).run(`socat -u -T 2 TCP:${neighbours[to]}:80,connect-timeout=1 -`).stdout;

  before(async () => {
    host = await Sandbox.make([]);
    for (const [network, address] of Object.entries(neighbours)) {
      const segment = await Segment.make(network);
      segments.push(segment);
      const own = gateway.addresses[network as keyof typeof addresses];
      segment.join(host, own);
      const neighbour = await Sandbox.make([]);
      hosts.set(network, neighbour);
      segment.join(neighbour, address);
      neighbour.run(`ip route add default via ${own}`);
      neighbour.start("socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR'");
      await until(() => neighbour.run("ss -Hltn sport = :80").stdout !== "");
    }
    const { code, stderr } = host.apply("nat", natFiles(box, gateway));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
  after(async () => {
    for (const one of [host, ...hosts.values()]) await one.remove();
    for (const segment of segments) segment.remove();
  });

  it("translates each network to the address in the next", () => {
    assert.equal(asked("box-network", "gateway-network"), "192.168.2.14");
    assert.equal(asked("gateway-network", "public-network"), "192.168.0.14");
  });

  it("forwards nobody past the one between, nor inward", () => {
    assert.equal(asked("box-network", "public-network"), "");
    assert.equal(asked("public-network", "gateway-network"), "");
    assert.equal(asked("gateway-network", "box-network"), "");
  });
});
