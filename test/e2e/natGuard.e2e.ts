import assert from "node:assert/strict";
import { inForce } from "./serving.ts";
import { ownRules } from "./hostState.ts";
import { sourceSeenOutside, withOutside } from "./outside.ts";
import { canLogIn, connects, edited, failingUp, onHost, restore, world } from "./world.ts";

const HOST = "gateway-4";

describe("rules that cut the operator off from a NAT gateway", () => {
  withOutside();
  after(async () => restore(await world()));

  it("go back by themselves: the operator gets in, the previous rules stand, and `up` says why it failed", async () => {
    const { lab, stack } = await world();
    const before = { files: await inForce(lab, HOST), rules: await ownRules(lab, HOST) };
    // Whoever takes one network for the other closes SSH where the operator comes in.
    await stack.configure(
      await edited((config) => {
        const swapped = { "gateway-network": "box-network", "box-network": "gateway-network" };
        config.setIn(["config", "gatebox:hosts", HOST, "interfaces"], config.createNode(swapped));
        // Written by Gatebox, the network would get these very names.
        config.deleteIn(["config", "gatebox:hostNetworks"]);
      }),
    );
    const failing = failingUp(stack);
    const closed = "nft list chain inet gatebox_firewall input | grep -q '\"gateway-network\".*the operator'";
    await onHost(lab, HOST, `until ${closed}; do sleep 0.1; done`, 120);
    assert.equal(await connects(lab, "supervisor-1", "192.168.1.14", 22), false, "the rules do not close SSH");
    const printed = await failing;
    assert.match(
      printed,
      /gatebox: gateway-4: firewall\/protobox\.pool: the operator's own SSH connection stopped answering; the configuration that was live before serves again/,
    );
    assert.equal(await canLogIn(lab, HOST), true);
    assert.deepEqual({ files: await inForce(lab, HOST), rules: await ownRules(lab, HOST) }, before);
    assert.equal(await sourceSeenOutside(lab, "supervisor-1"), "192.168.0.34");
  });
});
