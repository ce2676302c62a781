import assert from "node:assert/strict";
import { hostsOfSet } from "../../lab/inventory.ts";
import { faults } from "../faults/faults/index.ts";
import { limitOf, limitWithout, stepsOf } from "../faults/limits.ts";
import { ablations } from "../faults/ablations/ablations.ts";
import { hostsOf } from "../faults/run.ts";

describe("the limit of a fault", () => {
  it("is never over before its own steps are: what hangs ends by itself, and is healed", () => {
    for (const fault of faults) {
      const once = stepsOf(fault).reduce((sum, seconds) => sum + seconds);
      assert.ok(limitOf(fault) >= 2 * once * 1000, fault.name);
      // Settling twice, the start of the programs and an SSH that does not answer were more than the five minutes of old.
      assert.ok(once > 60 + 60 + 120 + 60 + (fault.brokenSeconds ?? 0), fault.name);
    }
  });

  it("is longer where a mechanism is taken away before and restored, host by host and step by step", () => {
    const [fault] = faults;
    assert.ok(fault);
    const step = { name: "true", script: "true", args: [] };
    const without = (hosts: number, remove: number): number =>
      limitWithout(fault, { hosts: Array(hosts).fill("a"), remove: Array(remove).fill(step), restore: [step] });
    assert.ok(without(1, 1) > limitOf(fault));
    assert.ok(without(3, 1) > without(1, 1));
    assert.ok(without(1, 3) > without(1, 1));
    assert.ok(ablations.every(({ hosts }) => hosts.length > 0));
  });
});

describe("the short form of the suite", () => {
  const short = faults.filter((fault) => fault.short);

  it("has a fault of every kind that the box promises to outlive in so many milliseconds", () => {
    const names = short.map(({ name }) => name);
    for (const kind of [/-killed$/, /-frozen$/, /^drained$/, /^address-deleted$/, /^nat-gateway-off-tcp$/])
      assert.ok(
        names.some((name) => kind.test(name)),
        `${kind}: ${names.join()}`,
      );
  });

  it("is left out nowhere: the daily set of hosts has all that it needs", () => {
    const daily = hostsOfSet(false).map(({ name }) => name);
    assert.deepEqual(
      short.flatMap(hostsOf).filter((host) => !daily.includes(host)),
      [],
    );
  });
});
