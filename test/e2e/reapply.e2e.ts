import assert from "node:assert/strict";
import { ownRules } from "./hostState.ts";
import { assertKept, COUNTING, countSomething, rulesOf } from "./keptRules.ts";
import { baseConfiguration, edited, journalPlaces, onHost, sshConnections, up, world } from "./world.ts";

describe("rules in force stay, and their counters go on", () => {
  before(async () => countSomething((await world()).lab));

  it("through an `up` that sends every unit of a host again with the same content", async () => {
    const { lab, stack } = await world();
    const before = await rulesOf(lab);
    const places = await journalPlaces(lab, COUNTING);
    // The hosts are reached through a bastion: Pulumi runs all their commands again, and no content depends on it.
    await stack.configure(
      await edited((config) => {
        for (const host of COUNTING)
          config.setIn(["config", "gatebox:hosts", host, "connection"], config.createNode({ bastion: "supervisor-1" }));
      }),
    );
    const printed = await up(stack);
    for (const unit of ["nat-gateway-4-nat-protobox.pool", "gateways-gateway-1-gateway-protobox.pool"])
      assert.match(printed, new RegExp(`${unit} updated`), `${unit} was not run again`);
    assert.doesNotMatch(printed, /live as generation/, "a unit found its own content changed");
    const logins = await sshConnections(lab, places);
    for (const host of COUNTING) assert.ok((logins[host] ?? 0) > 0, `nobody came to ${host}`);
    assertKept(before, await rulesOf(lab));
  });

  it("through the replacement of a unit: the previous one is deleted, not the one just made", async () => {
    const { lab, stack } = await world();
    const previous = await ownRules(lab, "gateway-5");
    await stack.configure(await baseConfiguration());
    const printed = await up(stack, ["--replace", "**::nat-gateway-5-nat-protobox.pool"]);
    assert.match(printed, /^ {4}\+-1 replaced$/m);
    assert.equal(await ownRules(lab, "gateway-5"), previous);
    assert.equal(await onHost(lab, "gateway-5", "cat /proc/sys/net/ipv4/ip_forward"), "1");
  });
});
