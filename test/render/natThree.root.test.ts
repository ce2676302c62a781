import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Box } from "../../box/model.ts";
import { haBox, natGateways, virtualIps } from "./sampleHa.ts";
import { assertGoOn, longestGap, NatNetwork } from "./sandbox/natNetwork.ts";

const names = ["gateway-4", "gateway-5", "gateway-1"];

/** Three gateways report connections to each other, by multicast. */
describe("render: three NAT gateways at work", function () {
  // Two failovers and the return of both; a machine under load gets several times what they take.
  this.timeout(180_000);
  const priorities = { "gateway-4": 200, "gateway-5": 150, "gateway-1": 100 };
  const vips = { nat: { ...virtualIps.nat, priorities }, natOut: { ...virtualIps.natOut, priorities } };
  const box: Box = haBox({
    pools: { ...haBox().pools, nat_gateway_pool: { name: "nat_gateway_pool", members: names } },
    virtualIps: vips,
    natGateways: [natGateways[0]!],
  });
  let network: NatNetwork;

  before(async () => {
    network = await NatNetwork.make(box, names);
    await network.applyAll();
  });
  after(() => network.remove());

  const [first = "", second = "", third = ""] = names;

  /** What is forwarded goes on while its gateway dies and the next one takes over. */
  async function assertGoesOn(from: string, to: string): Promise<void> {
    const flows = await network.flowsWhile(async () => {
      network.cables(from, "down");
      await network.until(() => network.holds(to), `${to} takes over`);
      await pause(3000);
    }, "100");
    // Those that did not go on are silent since. (How long the others may be is measured with a pair.)
    assert.ok(longestGap(flows) < 3000, `${longestGap(flows)} ms`);
    for (const kind of ["tcp", "udp"])
      assertGoOn(
        kind,
        flows.filter((flow) => flow.kind === kind),
      );
  }

  it("goes on with 100 long TCP flows and 100 UDP streams when the holder dies", () => assertGoesOn(first, second));

  it("goes on with as many new ones when the next one dies, which had reported less so far", () =>
    assertGoesOn(second, third));

  it("goes on when the first is back, takes over, and dies again", async () => {
    network.cables(second, "up");
    await network.until(() => network.holds(second), `${second} takes over again`);
    network.cables(first, "up");
    await network.holder(first);
    await assertGoesOn(first, second);
  });
});
