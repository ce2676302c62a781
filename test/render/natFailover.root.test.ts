import assert from "node:assert/strict";
import type { TreeFile } from "../../render/treeFile.ts";
import { NatPair } from "./natPair.ts";
import type { Flow } from "./sandbox/flows.ts";
import { assertGoOn } from "./sandbox/natNetwork.ts";

/** What a pair does with connections, however long it takes: how long is in `natFlows`. */
describe("render: a pair of NAT gateways, and what it knows of connections", function () {
  // A machine under load gets several times what a failover takes.
  this.timeout(120_000);
  const pair = new NatPair();
  const flowsThroughFailover = (...options: readonly string[]): Promise<Flow[]> =>
    pair.flowsThroughFailover(...options);
  const until = (condition: () => boolean, what: string): Promise<void> => pair.network.until(condition, what);

  it("goes on with connections that were opened again from the port of one that had just ended", async () => {
    assertGoOn("tcp, opened again", await flowsThroughFailover("50", "again"));
  });

  const known = (): number =>
    Number(
      pair.network.hostOf("gateway-5").run("grep -c 'dst=203.0.113.9 .* dst=192.168.2.253 ' /proc/net/nf_conntrack")
        .stdout,
    );

  it("forgets what a host had previously routed also when conntrackd is started anew, unless the host takes over", async () => {
    // Another time is another configuration, which it takes by a restart.
    const forgettingAfter = (seconds: number): TreeFile[] =>
      pair.network.filesOf("gateway-5").map((file) => ({
        ...file,
        text: file.text.replace("PurgeTimeout 10", `PurgeTimeout ${seconds}`),
      }));
    await flowsThroughFailover("20");
    assert.ok(known() > 0, "nothing to forget");
    pair.network.apply("gateway-5", forgettingAfter(4));
    await until(() => known() === 0, "forgotten");
    // The time runs out while it routes them.
    pair.network.apply("gateway-5", forgettingAfter(6));
    const begun = Date.now();
    assertGoOn("tcp and udp", await flowsThroughFailover("20"));
    assert.ok(Date.now() - begun > 6000);
    pair.network.apply("gateway-5");
  });

  it("forgets within seconds what a host had routed that has handed over: connections that begin later may have its ports outside", async () => {
    await flowsThroughFailover("20");
    assert.ok(known() > 0, "nothing to forget");
    await until(() => known() === 0, "forgotten");
  });
});
