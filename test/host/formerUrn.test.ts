import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { formerUrn } from "../../host/formerUrn.ts";

class Component extends pulumi.ComponentResource {}

const word = fc.stringMatching(/^[a-z]{1,5}(-[a-z0-9]{1,5})?$/);
const type = fc.tuple(word, word, word).map((words) => words.join(":"));

/** A chain of components, the outermost first: those of a program stand in its stack. */
function chain(types: readonly string[], within: pulumi.Resource | undefined): pulumi.Resource | undefined {
  return types.reduce((parent, one, depth) => new Component(one, `c-${depth}`, {}, parent && { parent }), within);
}

const known = (urn: pulumi.Input<string>): Promise<string> => new Promise((resolve) => void pulumi.output(urn).apply(resolve)); // prettier-ignore

describe("the URN that a resource had", () => {
  beforeEach(() => pulumi.runtime.setMocks({ call: () => ({}), newResource: ({ name }) => ({ id: name, state: {} }) }, "box", "protobox")); // prettier-ignore

  it("is that of the SDK, by the components around it and those that are gone", async () => {
    const stack = new Component("pulumi:pulumi:Stack", "box-protobox", {});
    const cases = fc.record({ around: fc.array(type, { maxLength: 3 }), gone: fc.array(type, { minLength: 1, maxLength: 3 }), name: word }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(cases, async ({ around, gone, name }) => {
        const parent = chain(around, stack);
        const urn = formerUrn(parent, gone, name);
        assert.equal(typeof urn, "string", "known at once");
        assert.equal(urn, `urn:pulumi:protobox::box::${[...around, ...gone].join("$")}::${name}`);
        const [last = "", ...above] = gone.toReversed();
        const up = above.toReversed().reduce<pulumi.Resource | pulumi.Output<string> | undefined>((of, one) => pulumi.createUrn("any", one, of), parent); // prettier-ignore
        const bySdk = await known(pulumi.createUrn(name, last, up));
        // The mocks have the stack in a URN, and no more than two of those around: with an engine, see the states of earlier versions.
        if (around.length < 2) assert.equal(urn, bySdk.replace("pulumi:pulumi:Stack$", ""));
      }),
      { numRuns: 50 },
    );
  });

  it("is the SDK's own where nobody can tell what is around the parent", async () => {
    const parent = chain(["a:b:C", "d:e:F"], undefined);
    const urn = formerUrn(parent, ["g:h:I", "j:k:L"], "x");
    assert.notEqual(typeof urn, "string");
    assert.match(await known(urn), /^urn:pulumi:protobox::box::.*d:e:F\$g:h:I\$j:k:L::x$/);
  });

  it("is below the stack without a parent", () => {
    assert.equal(formerUrn(undefined, ["g:h:I"], "x"), "urn:pulumi:protobox::box::g:h:I::x");
  });
});
