import assert from "node:assert/strict";
import { NatPair } from "./natPair.ts";
import { assertGoOn, longestGap } from "./sandbox/natNetwork.ts";
import { promptly } from "./sandbox/witness.ts";

/** The promise: no connection is silent for longer when its gateway dies. */
const FAILOVER_MS = 1500;

/** Connections through them that last. */
describe("render: a pair of NAT gateways, one of which dies and returns", function () {
  // A machine under load gets several times what a failover takes.
  this.timeout(120_000);
  const pair = new NatPair();

  it("goes on with 200 long TCP flows and 200 UDP streams when the holder dies, and when it returns", async () => {
    const take = () => pair.flowsThroughFailover("200");
    const flows = await promptly(take, (taken) => longestGap(taken) <= FAILOVER_MS);
    assert.ok(longestGap(flows) <= FAILOVER_MS, `${longestGap(flows)} ms`);
    for (const kind of ["tcp", "udp"])
      assertGoOn(
        kind,
        flows.filter((flow) => flow.kind === kind),
      );
  });
});
