import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { valueAt } from "../../../box/explain.ts";
import { inspectStackFile } from "../../../cli/stackFile/inspect.ts";
import { pathTo, type PathStep } from "../../../box/violations.ts";
import { protoboxValues } from "../../box/protobox.ts";

/** A mistake that is put into the Protobox, and where its text is to be found. */
interface Planted {
  readonly steps: readonly PathStep[];
  readonly isKey: boolean;
}

type Steps = readonly PathStep[];

function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The ways to all values that are no mappings and no lists. */
function leavesOf(value: unknown, steps: Steps = []): Steps[] {
  if (!isHolder(value)) return [steps];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...steps, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Entries whose keys are those of a schema and no others. */
const closed = [
  ["hosts", "gateway-1"], ["hosts", "node-2"], ["hosts", "webserver-1", "connection"], ["apps", "pgadmin4"], ["kubeGateways"],
  ["kubeGateways", "routes", "kibana", "destination"], ["webservers"], ["webservers", "routes", "kibana", "upstream"],
  ["services", "dash"], ["virtualIps", "edge"], ["natGateways", 0], ["hostNetworks"],
] as const; // prettier-ignore

const leaves = leavesOf(protoboxValues());

const planted: fc.Arbitrary<readonly Planted[]> = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(...leaves).map((steps) => ({ steps, isKey: false })),
    fc
      .tuple(fc.constantFrom(...closed), fc.constantFrom("no-such-key", "no.such.key", "a[0]", "two words", "ü"))
      .map(([steps, key]) => ({ steps: [...steps, key], isKey: true })),
  ),
  { minLength: 1, maxLength: 5, selector: ({ steps }) => JSON.stringify(steps) },
);

function put(values: Record<string, unknown>, steps: Steps, value: unknown): void {
  const holder = valueAt(values, steps.slice(0, -1)) as Record<PathStep, unknown>;
  holder[steps.at(-1) ?? ""] = value;
}

function withPlanted(mistakes: readonly Planted[]): Record<string, unknown> {
  const values = protoboxValues();
  for (const { steps } of mistakes) put(values, steps, null);
  return values;
}

/** A text whose lines are broken at random places, and where in it each key and each value begins. */
class Scattered {
  text = "";
  readonly keys = new Map<string, number>();
  readonly values = new Map<string, number>();
  readonly #gaps: readonly string[];
  #next = 0;

  constructor(gaps: readonly string[]) {
    this.#gaps = gaps;
  }

  write(value: unknown, steps: Steps): void {
    this.values.set(pathTo(steps), this.text.length);
    if (!isHolder(value)) {
      this.text += JSON.stringify(value);
      return;
    }
    const isList = Array.isArray(value);
    this.text += isList ? "[" : "{";
    for (const [index, [key, inner]] of Object.entries(value).entries()) {
      this.text += `${index === 0 ? "" : ","}${this.#gap()}`;
      const way = [...steps, isList ? Number(key) : key];
      if (!isList) {
        this.keys.set(pathTo(way), this.text.length);
        this.text += `${JSON.stringify(key)}: `;
      }
      this.write(inner, way);
    }
    this.text += `${this.#gap()}${isList ? "]" : "}"}`;
  }

  /** Where a planted mistake stands, counted by hand. */
  placeOf({ steps, isKey }: Planted): string {
    const offset = (isKey ? this.keys : this.values).get(pathTo(steps)) ?? -1;
    const before = this.text.slice(0, offset).split("\n");
    return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
  }

  #gap(): string {
    this.#next += 1;
    return this.#gaps[this.#next % this.#gaps.length] ?? " ";
  }
}

const gaps = fc.array(fc.constantFrom(" ", "\n    ", "\n\n      ", " # a comment\n    ", "  "), {
  minLength: 3,
  maxLength: 40,
});

describe("gatebox check of generated mistakes", () => {
  it("reports each where it stands, and nothing elsewhere", () => {
    fc.assert(
      fc.property(planted, gaps, (mistakes, chosen) => {
        const scattered = new Scattered(chosen);
        const config = Object.entries(withPlanted(mistakes)).map(([name, value]) => {
          scattered.text += `${scattered.text === "" ? "config:\n" : "\n"}  gatebox:${name}: `;
          scattered.write(value, [name]);
        });
        assert.ok(config.length > 0);
        const found = inspectStackFile({ file: "f", text: scattered.text, stack: "s", readFile: () => undefined });
        const places = new Set(found.mistakes.map(({ line, column }) => `${line}:${column}`));
        const expected = new Set(mistakes.map((mistake) => scattered.placeOf(mistake)));
        assert.deepEqual(places, expected, JSON.stringify(found.mistakes, null, 1));
        const paths = new Set(found.mistakes.map(({ path }) => path));
        for (const { steps } of mistakes) assert.ok(paths.has(pathTo(steps)), pathTo(steps));
      }),
      { numRuns: 150 },
    );
  });

  it("reports each where it stands in blocks, too", () => {
    const typed = leaves.filter((steps) => typeof valueAt(protoboxValues(), steps) !== "string");
    const chosen = fc.uniqueArray(fc.constantFrom<readonly PathStep[]>(...typed, ...closed), {
      minLength: 1,
      maxLength: 6,
      selector: (steps) => pathTo(steps),
    });
    fc.assert(
      fc.property(chosen, fc.constantFrom(2, 3, 4), fc.boolean(), (all, indent, indentSeq) => {
        // A text of its own for each: where it is a value it is none of its type, and where it is a key it is unknown.
        const values = protoboxValues();
        for (const [index, steps] of all.entries()) {
          const isKey = isHolder(valueAt(values, steps));
          put(values, isKey ? [...steps, `@@${index}`] : steps, isKey ? 1 : `@@${index}`);
        }
        const config = Object.fromEntries(Object.entries(values).map(([name, value]) => [`gatebox:${name}`, value]));
        const text = stringify({ config }, { indent, indentSeq, defaultKeyType: "PLAIN", lineWidth: 60 });
        const expected = all.map((_, index) => {
          const before = text.slice(0, new RegExp(`["']?@@${index}`).exec(text)?.index).split("\n");
          return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
        });
        const { mistakes } = inspectStackFile({ file: "f", text, stack: "s", readFile: () => undefined });
        assert.deepEqual(mistakes.map(({ line, column }) => `${line}:${column}`).sort(), expected.sort(), text);
      }),
      { numRuns: 100 },
    );
  });
});
