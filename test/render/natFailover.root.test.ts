import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { TreeFile } from "../../render/treeFile.ts";
import { haBox, natGateways, virtualIps } from "./sampleHa.ts";
import type { Flow } from "./sandbox/flows.ts";
import { assertGoOn, longestGap, NatNetwork } from "./sandbox/natNetwork.ts";
import { promptly } from "./sandbox/witness.ts";

/** The promise: no connection is silent for longer when its gateway dies. */
const FAILOVER_MS = 1500;

/** Two NAT gateways with real nftables, keepalived and conntrackd, and connections through them that last. */
describe("render: a pair of NAT gateways, one of which dies and returns", function () {
  // A machine under load gets several times what a failover takes.
  this.timeout(120_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
  });
  let network: NatNetwork;

  const until = (condition: () => boolean, what: string): Promise<void> => network.until(condition, what);

  before(async () => {
    network = await NatNetwork.make(box, ["gateway-4", "gateway-5"]);
    await network.applyAll();
  });
  after(() => network.remove());

  /** Flows that last while gateway-4 dies, the other goes on with them, and it returns. */
  async function flowsThroughFailover(...options: readonly string[]): Promise<Flow[]> {
    const failover = async (): Promise<void> => {
      network.cables("gateway-4", "down");
      await until(() => network.holds("gateway-5"), "gateway-5 takes over");
      await pause(3000);
      network.cables("gateway-4", "up");
      await network.holder("gateway-4");
      await pause(3000);
    };
    const take = (): Promise<Flow[]> => network.flowsWhile(failover, ...options);
    const flows = await promptly(take, (taken) => longestGap(taken) <= FAILOVER_MS);
    assert.ok(longestGap(flows) <= FAILOVER_MS, `${longestGap(flows)} ms`);
    return flows;
  }

  it("goes on with 200 long TCP flows and 200 UDP streams when the holder dies, and when it returns", async () => {
    const flows = await flowsThroughFailover("200");
    for (const kind of ["tcp", "udp"])
      assertGoOn(
        kind,
        flows.filter((flow) => flow.kind === kind),
      );
  });

  it("goes on with connections that were opened again from the port of one that had just ended", async () => {
    assertGoOn("tcp, opened again", await flowsThroughFailover("50", "again"));
  });

  const known = (): number =>
    Number(
      network.hostOf("gateway-5").run("grep -c 'dst=203.0.113.9 .* dst=192.168.2.253 ' /proc/net/nf_conntrack").stdout,
    );

  it("forgets what a host had previously routed also when conntrackd is started anew, unless the host takes over", async () => {
    // Another time is another configuration, which it takes by a restart.
    const forgettingAfter = (seconds: number): TreeFile[] =>
      network.filesOf("gateway-5").map((file) => ({
        ...file,
        text: file.text.replace("PurgeTimeout 10", `PurgeTimeout ${seconds}`),
      }));
    await flowsThroughFailover("20");
    assert.ok(known() > 0, "nothing to forget");
    network.apply("gateway-5", forgettingAfter(4));
    await until(() => known() === 0, "forgotten");
    // The time runs out while it routes them.
    network.apply("gateway-5", forgettingAfter(6));
    const begun = Date.now();
    assertGoOn("tcp and udp", await flowsThroughFailover("20"));
    assert.ok(Date.now() - begun > 6000);
    network.apply("gateway-5");
  });

  it("forgets within seconds what a host had routed that has handed over: connections that begin later may have its ports outside", async () => {
    await flowsThroughFailover("20");
    assert.ok(known() > 0, "nothing to forget");
    await until(() => known() === 0, "forgotten");
  });
});
