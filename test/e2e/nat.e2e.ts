import assert from "node:assert/strict";
import { cutPower, switchOn } from "../faults/breaking.ts";
import {
  holds,
  OUTSIDE,
  sourceSeenOutside,
  sourcesOnGatewayNetwork,
  startTrace,
  stopTrace,
  withOutside,
} from "./outside.ts";
import { onHost, world } from "./world.ts";

/** What the NAT gateways and then the web servers send with: addresses that move with the egress. */
const ON_GATEWAY_NETWORK = "192.168.2.253";
const OUTSIDE_SEES = "192.168.0.34";

/** Hosts of the box network only: one that is no part of the cluster, and one that is. */
const INSIDE = ["supervisor-1", "node-1"] as const;

describe("the egress of the box, by two pairs of NAT gateways", () => {
  withOutside();
  before(async () => {
    const { lab } = await world();
    await startTrace(lab);
    await holds(lab, "192.168.1.254", "gateway-4", ["gateway-5"]);
  });
  after(async () => {
    const { lab } = await world();
    await stopTrace(lab);
    await switchOn(lab, ["gateway-4"]);
  });

  /** `curl` on hosts of the box gets through, under the addresses that move, seen at both steps. */
  async function egressWorks(): Promise<void> {
    const { lab } = await world();
    for (const host of INSIDE) {
      assert.equal(await sourceSeenOutside(lab, host), OUTSIDE_SEES, `${host} asked ${OUTSIDE.url}`);
      assert.deepEqual(await sourcesOnGatewayNetwork(lab), [ON_GATEWAY_NETWORK], `${host}, at the web servers`);
    }
  }

  it("goes by the NAT gateways' address", async () => {
    const { lab } = await world();
    for (const host of INSIDE) {
      assert.match(await onHost(lab, host, `ip -4 route get ${OUTSIDE.address}`), / via 192\.168\.1\.254 /);
    }
  });

  it("hides whoever asks behind the address that moves, at each step", egressWorks);

  it("works at once when gateway-4's power is cut, under the same addresses", async () => {
    const { lab } = await world();
    await cutPower(lab, "gateway-4");
    await egressWorks();
    await holds(lab, "192.168.1.254", "gateway-5", []);
  });

  it("works when gateway-4 returns, and again when it has taken its addresses back", async () => {
    const { lab } = await world();
    await switchOn(lab, ["gateway-4"]);
    await egressWorks();
    await holds(lab, "192.168.1.254", "gateway-4", ["gateway-5"]);
    await holds(lab, ON_GATEWAY_NETWORK, "gateway-4", ["gateway-5"]);
    await egressWorks();
  });
});
