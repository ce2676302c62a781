import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { endsWith, shortest, waits } from "../../host/order.ts";

/** A graph as a program makes it: each waits for some of those before it, by themselves or by the component they are in. */
interface Drawn {
  /** How many are in each component: the last of them wait for all others. */
  readonly sizes: readonly number[];
  /** For each resource which of those before it, counted back, it waits for. */
  readonly back: readonly (readonly number[])[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }),
  back: fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }), { minLength: 32, maxLength: 32 }),
});

describe("the order of resources on hosts", () => {
  before(() => pulumi.runtime.setMocks({ call: () => ({}), newResource: ({ name }) => ({ id: name, state: {} }) }));

  let count = 0;
  const component = (): pulumi.ComponentResource => new pulumi.ComponentResource("test:index:Step", `step-${++count}`);

  it("is the same with what follows from it left out, and nothing is left that follows", () => {
    fc.assert(
      fc.property(drawn, (graph) => {
        const { edges, shortened } = made(graph, component);
        for (const [resource, before] of edges) {
          const kept = shortened.get(resource) ?? [];
          assert.deepEqual(reach(kept, shortened), reach([...before], edges));
          for (const one of kept) assert.ok(!reach(kept.filter((other) => other !== one), shortened).has(one)); // prettier-ignore
        }
      }),
      { numRuns: 60 },
    );
  });

  it("leaves alone what is not known yet, and components that say nothing of themselves", () => {
    const [first, second, silent] = [component(), component(), component()];
    waits(second, first);
    const later = pulumi.output(first);
    assert.deepEqual(shortest([first, second, silent, later]), [second, silent, later]);
    assert.equal(shortest(later), later);
    endsWith(silent, []);
    assert.deepEqual(shortest(silent), [silent]);
  });
});

type Edges = Map<pulumi.Resource, readonly pulumi.Resource[]>;

/** Makes a graph: what each resource waits for when every component is taken for all that is in it, and what was made of it. */
function made({ sizes, back }: Drawn, component: () => pulumi.ComponentResource) {
  const edges: Edges = new Map();
  const shortened: Edges = new Map();
  const all: pulumi.Resource[] = [];
  const members = new Map<pulumi.Resource, readonly pulumi.Resource[]>();
  const add = (before: readonly pulumi.Resource[]): pulumi.Resource => {
    const resource = component();
    const kept = shortest([...before]) as pulumi.Resource[];
    waits(resource, kept);
    shortened.set(resource, kept);
    edges.set(resource, before.flatMap((one) => members.get(one) ?? [one])); // prettier-ignore
    all.push(resource);
    return resource;
  };
  for (const size of sizes) {
    const own: pulumi.Resource[] = [];
    for (let index = 0; index < size; index += 1) {
      const chosen = (back[edges.size % back.length] ?? []).flatMap((steps) => all.at(-steps) ?? []);
      own.push(add(index === size - 1 ? [...chosen, ...own] : chosen));
    }
    const whole = component();
    endsWith(whole, own.slice(-1));
    members.set(whole, own);
    all.push(whole);
  }
  return { edges, shortened };
}

/** All that comes before, over any number of steps. */
function reach(from: readonly pulumi.Resource[], edges: Edges): ReadonlySet<pulumi.Resource> {
  const seen = new Set<pulumi.Resource>();
  const go = (resource: pulumi.Resource): void => {
    if (seen.has(resource)) return;
    seen.add(resource);
    for (const before of edges.get(resource) ?? []) go(before);
  };
  for (const resource of from) go(resource);
  return seen;
}
