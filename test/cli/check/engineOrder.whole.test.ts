import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { inEngineOrder } from "../../../cli/stackFile/engineOrder.ts";
import { inspectStackFile } from "../../../cli/stackFile/inspect.ts";
import { boxUnits } from "../../../render/boxUnits.ts";
import { protoboxFiles, protoboxText } from "../../box/protobox.ts";

/** A value whose mappings have their keys in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, of]) => [key, turned(of)])); // prettier-ignore
}

describe("a stack file as the engine gives it", () => {
  it("has the keys of each mapping in order, and is else the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const ordered = inEngineOrder(value);
        assert.deepEqual(ordered, value);
        assert.equal(JSON.stringify(inEngineOrder(turned(value))), JSON.stringify(ordered));
      }),
    );
  });

  it("is rendered alike, in whatever order somebody has written it", () => {
    const rendered = (text: string, asApplied: boolean): string => {
      const file = { file: "f", text, stack: "protobox", readFile: (name: string) => protoboxFiles[name], asApplied };
      const { box, mistakes } = inspectStackFile(file);
      assert.ok(box, mistakes.map(({ message }) => message).join("\n"));
      return JSON.stringify(boxUnits(box, "gatebox"));
    };
    const other = stringify(turned(parse(protoboxText)));
    assert.equal(rendered(other, true), rendered(protoboxText, true));
    assert.notEqual(rendered(other, false), rendered(protoboxText, false));
  });
});
