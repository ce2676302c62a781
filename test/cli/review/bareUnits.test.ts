/** Units without a component around them, as a review reads them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bareUnit, reviewed, unit, type Sample, type Texts } from "./previews.ts";

const texts = fc.dictionary(fc.constantFrom("haproxy/routes/1.cfg", "border/ports/2.nft", "x"), fc.stringMatching(/^[a-z ]{0,9}\n$/), {
  minKeys: 1,
}); // prettier-ignore
const units = fc.uniqueArray(
  fc.record(
    {
      host: fc.constantFrom("gateway-1", "gateway-10", "webserver-1"),
      assembly: fc.constantFrom("gateway", "webserver", "nat"),
      before: texts,
      after: texts,
    },
    { requiredKeys: ["host", "assembly"] },
  ),
  { selector: ({ host, assembly }) => `${host} ${assembly}`, minLength: 1, maxLength: 6 },
);

/** All but the names of what goes, which are those of the resources. */
function read(samples: readonly Sample[]): object {
  const { warnings, ...rest } = reviewed([...samples, { name: "stack", before: {}, after: {} }]);
  return { ...rest, warnings: warnings.filter(({ kind }) => kind !== "deletion") };
}

describe("a review of units that anybody may see", () => {
  it("reads as of those with a component, whatever changes", () => {
    fc.assert(
      fc.property(units, (all) => {
        const made = all.filter(({ before, after }) => before !== undefined || after !== undefined);
        if (made.length === 0) return;
        const of = ({ host, ...one }: (typeof made)[number]) => [host, { ...one, unit: "box.pool" }] as const;
        const bare = made.map((one) => bareUnit(...of(one)));
        const within = made.flatMap((one) => unit(...of(one)).map((sample) => ({ ...sample, hook: bare[0]!.hook! })));
        assert.deepEqual(read(bare), read(within));
      }),
    );
  });

  it("names each that goes, by its tree and host", () => {
    const gone = (host: string): Sample =>
      bareUnit(host, { assembly: "gateway", unit: "box.pool", before: { x: "1\n" } });
    const { warnings } = reviewed([gone("gateway-1"), gone("gateway-10")]);
    assert.deepEqual(
      warnings.filter(({ kind }) => kind === "deletion").map(({ message }) => message),
      ["deleted: gateway box.pool on gateway-1, gateway box.pool on gateway-10"],
    );
  });

  it("tells nothing of a component that goes while its command stays, and all of one that goes with it", () => {
    const texts: Texts = { x: "1\n" };
    const [component, command] = unit("a", { assembly: "gateway", unit: "box.pool", before: texts }) as [
      Sample,
      Sample,
    ];
    const deletions = (samples: readonly Sample[]): string[] =>
      reviewed(samples).warnings.flatMap(({ kind, message }) => (kind === "deletion" ? [message] : []));
    const stays = bareUnit("a", { assembly: "gateway", unit: "box.pool", before: texts, after: texts });
    assert.deepEqual(deletions([component, stays]), []);
    assert.deepEqual(deletions([component, command]), [`deleted: HostUnit ${component.name}`]);
  });
});
