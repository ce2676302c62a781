import assert from "node:assert/strict";
import { happen } from "../faults/happen.ts";
import { now } from "../faults/probe/clock.ts";
import type { Scene } from "../faults/scene.ts";
import { labNamed } from "../../lab/state.ts";

const scene: Scene = { lab: labNamed("none"), holder: "one", other: "two", watches: new Map() };

describe("a fault that happens", () => {
  it("is broken, stays so, and is healed; each moment is reported", async () => {
    const began = now();
    const did: string[] = [];
    const act = (what: string) => async (): Promise<void> => {
      did.push(what);
      return Promise.resolve();
    };
    const moments = await happen({ break: act("broken"), heal: act("healed"), brokenSeconds: 0.05 }, scene);
    assert.deepEqual(did, ["broken", "healed"]);
    const { brokenAt, wholeAt, healedAt, mendedAt } = moments;
    assert.ok(began <= brokenAt && brokenAt <= wholeAt && wholeAt + 45 <= healedAt && healedAt <= mendedAt);
  });

  it("is healed when it could not be made, and that is what is reported", async () => {
    let healed = false;
    const heal = async (): Promise<void> => {
      healed = true;
      return Promise.resolve();
    };
    await assert.rejects(happen({ break: () => Promise.reject(new Error("no")), heal }, scene), /^Error: no$/);
    assert.ok(healed);
  });

  it("is an error where it could not be healed", async () => {
    const lasts = happen(
      { break: () => Promise.resolve(), heal: () => Promise.reject(new Error("dead")), brokenSeconds: 0 },
      scene,
    );
    await assert.rejects(lasts, /^Error: dead$/);
  });

  it("that can neither be made nor healed tells both, the first as the cause", async () => {
    const first = new Error("the bad server has ended");
    const fails = (error: Error) => () => Promise.reject(error);
    const both = happen({ break: fails(first), heal: fails(new Error("no HAProxy")) }, scene);
    await assert.rejects(both, ({ message, cause }: Error) => {
      assert.equal(message, "the bad server has ended\nand it could not be healed: no HAProxy");
      return cause === first;
    });
  });
});
