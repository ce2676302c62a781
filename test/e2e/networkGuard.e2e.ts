import assert from "node:assert/strict";
import { ownRules, stateOf } from "./hostState.ts";
import { holds, sourceSeenOutside, withOutside } from "./outside.ts";
import { inForce } from "./serving.ts";
import { canLogIn, edited, failingUp, onHost, restore, world } from "./world.ts";

const HOST = "gateway-4";

/** The interfaces that networkd says it has set up itself. */
const CONFIGURED = `networkctl --no-legend list | awk '$5 == "configured" { print $2 }' | sort | tr '\\n' ' '`;

describe("the hosts' network, written by the box", () => {
  withOutside();
  after(async () => restore(await world()));

  it("is what netplan made of the stack file, and the default route is the box's own", async () => {
    const { lab } = await world();
    assert.equal(await onHost(lab, HOST, CONFIGURED), "box-network gateway-network");
    const status = await onHost(lab, HOST, "networkctl status box-network gateway-network");
    assert.deepEqual(status.match(/Network File: \S+/g)?.toSorted(), [
      "Network File: /run/systemd/network/10-netplan-box-network.network",
      "Network File: /run/systemd/network/10-netplan-gateway-network.network",
    ]);
    assert.match(
      await onHost(lab, HOST, "ip -4 route show default"),
      /^default via 192\.168\.2\.254 dev gateway-network /,
    );
    const inside = await onHost(lab, "supervisor-1", "ip -4 route show default");
    assert.match(inside, /^default via 192\.168\.1\.254 dev box-network /);
  });

  it("does not rename what keepalived and the rules in force go by, and says what to do", async () => {
    const { lab, stack } = await world();
    const before = {
      state: await stateOf(lab, HOST),
      files: await inForce(lab, HOST),
      rules: await ownRules(lab, HOST),
    };
    // Two names swapped under rules that go by names: they would close SSH where the operator comes in.
    await stack.configure(
      await edited((config) => {
        const swapped = { "gateway-network": "box-network", "box-network": "gateway-network" };
        config.setIn(["config", "gatebox:hosts", HOST, "interfaces"], config.createNode(swapped));
      }),
    );
    const printed = await failingUp(stack);
    assert.match(printed, /gatebox: gateway-4: network\/protobox\.pool: lifecycle\/check failed/);
    assert.match(
      printed,
      /(?:box|gateway)-network is to be named (?:box|gateway)-network, but \/etc\/gatebox\/\S+\/interfaces\.used names it and is in force/,
    );
    assert.equal(await canLogIn(lab, HOST), true);
    await holds(lab, "192.168.1.254", HOST, ["gateway-5"]);
    await holds(lab, "192.168.2.253", HOST, ["gateway-5"]);
    assert.deepEqual(
      { state: await stateOf(lab, HOST), files: await inForce(lab, HOST), rules: await ownRules(lab, HOST) },
      before,
    );
    assert.equal(await sourceSeenOutside(lab, "supervisor-1"), "192.168.0.34");
  });
});
