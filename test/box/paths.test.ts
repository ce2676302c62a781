import assert from "node:assert/strict";
import fc from "fast-check";
import { isWithin, pathOf, pathTo, stepsOf, type PathStep } from "../../box/violations.ts";

const step = fc.oneof(
  fc.nat(20),
  fc.string(),
  fc.string({ unit: fc.constantFrom("a", "0", ".", "[", "]", '"', "\\", " ", "\n", "é") }),
);
const steps: fc.Arbitrary<readonly PathStep[]> = fc.array(step, { minLength: 1, maxLength: 6 });

describe("the path of a violation", () => {
  it("reads like the stack file", () => {
    assert.equal(pathOf("pools", "webservers-pool", 1), "pools.webservers-pool[1]");
    assert.equal(pathOf("natGateways[0]", "openPorts", 2, "port"), "natGateways[0].openPorts[2].port");
  });

  it("has keys in quotes that would be taken for several steps", () => {
    assert.equal(
      pathOf("apps.wiki", "selector", "app.kubernetes.io/name"),
      'apps.wiki.selector["app.kubernetes.io/name"]',
    );
    assert.equal(pathTo(["a.b", "[0]", 0]), '["a.b"]["[0]"][0]');
  });

  it("leads back to the steps that it was written from", () => {
    fc.assert(fc.property(steps, (written) => assert.deepEqual(stepsOf(pathTo(written)), written)));
  });

  it("lies within those of what holds it, and within no other", () => {
    fc.assert(
      fc.property(steps, steps, (one, other) => {
        const holds = one.length <= other.length && one.every((each, index) => each === other[index]);
        assert.equal(isWithin(pathTo(other), pathTo(one)), holds);
        assert.ok(isWithin(pathTo([...one, ...other]), pathTo(one)));
      }),
    );
  });
});
