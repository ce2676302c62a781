import assert from "node:assert/strict";
import fc from "fast-check";
import { stackFileSchema } from "../../box/index.ts";
import { leftOverJinja } from "../../box/jinja.ts";
import { edit, type Changes } from "./edit.ts";
import { brokenEntries, type BrokenEntry, type RuleBreak } from "./brokenEntries.ts";
import { parseProtobox, violationsOf } from "./parsing.ts";
import { protoboxValues } from "./protobox.ts";

/** The paths of what may be written in an entry, below the entry itself: what is written, and every key of its schema. */
function fieldsOf({ entry, schema, changes = {} }: BrokenEntry): string[] {
  const value = at(edit(protoboxValues(), structuredClone(changes)), entry);
  return [...new Set([...pathsOf(value), ...keysAt(schema)])];
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
}

function pathsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...pathsOf(inner).map((path) => `${key}.${path}`)]);
}

const sections = at(stackFileSchema(), "properties.config.properties");

function keysAt(path: string): string[] {
  const [section = "", ...steps] = path.split(".");
  const schema = at((sections as Record<string, unknown>)[`gatebox:${section}`], ["properties", ...steps].join("."));
  const own = at((sections as Record<string, unknown>)[`gatebox:${section}`], steps.join("."));
  return Object.keys(schema ?? own ?? {});
}

/** Whether one of two paths holds the other. */
function touch(left: string, right: string): boolean {
  return `${left}.`.startsWith(`${right}.`) || `${right}.`.startsWith(`${left}.`);
}

/** As messages write it: `pools.webservers-pool[1]`. */
function shown(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, "[$1]");
}

function reports(violations: readonly string[], says: string): boolean {
  return violations.some((violation) => violation.startsWith(says));
}

/** Whether the value at a path, or whatever is wrong with it within or instead, is reported. */
function reportsAt(violations: readonly string[], path: string): boolean {
  return violations.some((violation) => violation.startsWith(`${shown(path)}: `));
}

/** Parses the Protobox with changes that further ones may lie within. */
function parse(changes: Changes): unknown {
  return parseProtobox(structuredClone(changes));
}

/** Each rule of an entry with each field that it does not look at. */
const pairs = brokenEntries.flatMap((broken) =>
  broken.rules.map((rule) => {
    const apart = fieldsOf(broken).filter((field) => !rule.uses.some((used) => touch(used, field)));
    return { ...broken, rule, apart };
  }),
);

function changesOf({ entry }: BrokenEntry, rule: RuleBreak): Changes {
  return Object.fromEntries(Object.entries(rule.changes).map(([field, value]) => [`${entry}.${field}`, value]));
}

describe("two violations in one entry are both reported", () => {
  for (const broken of pairs) {
    const { entry, rule, apart, changes = {} } = broken;
    it(`${entry}: ${rule.breaks}, beside any field that cannot be read`, () => {
      assert.ok(apart.length > 0, "no other field");
      for (const field of apart) {
        const both = { ...changes, ...changesOf(broken, rule), [`${entry}.${field}`]: null };
        const violations = violationsOf(() => parse(both));
        assert.ok(reports(violations, rule.says), `with ${field} the rule is not in ${violations.join("\n")}`);
        assert.ok(reportsAt(violations, `${entry}.${field}`), `${field} is not in ${violations.join("\n")}`);
      }
    });

    if (broken.isList) continue;
    it(`${entry}: ${rule.breaks}, beside an unknown key`, () => {
      const key = `${entry}.unknown-key`;
      const violations = violationsOf(() => parse({ ...changes, ...changesOf(broken, rule), [key]: 1 }));
      assert.ok(reports(violations, rule.says) && reportsAt(violations, key), violations.join("\n"));
    });
  }

  it("by two rules that look at different fields", () => {
    const couples = brokenEntries.flatMap((broken) =>
      broken.rules.flatMap((left) =>
        broken.rules
          .filter((right) => left !== right && !left.uses.some((one) => right.uses.some((other) => touch(one, other))))
          .map((right) => ({ broken, left, right })),
      ),
    );
    for (const { broken, left, right } of couples) {
      const both = { ...broken.changes, ...changesOf(broken, left), ...changesOf(broken, right) };
      const violations = violationsOf(() => parse(both));
      const says = [left.says, right.says];
      assert.ok(
        says.every((one) => reports(violations, one)),
        `${says.join(" and ")} are not in ${violations.join("\n")}`,
      );
    }
  });

  it("by two fields that cannot be read", () => {
    const fields = fc.constantFrom(...brokenEntries).chain((broken) => {
      const two = fc.uniqueArray(fc.constantFrom(...fieldsOf(broken)), { minLength: 2, maxLength: 2 });
      return two.filter(([left = "", right = ""]) => !touch(left, right)).map((chosen) => ({ broken, chosen }));
    });
    fc.assert(
      fc.property(fields, ({ broken: { entry, changes = {} }, chosen }) => {
        const refused = Object.fromEntries(chosen.map((field) => [`${entry}.${field}`, null]));
        const violations = violationsOf(() => parse({ ...changes, ...refused }));
        for (const field of chosen) assert.ok(reportsAt(violations, `${entry}.${field}`), violations.join("\n"));
      }),
      { numRuns: 100 },
    );
  });

  for (const broken of brokenEntries) {
    it(`${broken.entry}: by every field at once, each of which cannot be read`, () => {
      const { entry, changes = {} } = broken;
      const fields = fieldsOf(broken);
      const leaves = fields.filter((field) => !fields.some((other) => other.startsWith(`${field}.`)));
      assert.ok(leaves.length > 1, "no other field");
      const refused = Object.fromEntries(leaves.map((field) => [`${entry}.${field}`, null]));
      const violations = violationsOf(() => parse({ ...changes, ...refused }));
      const hidden = leaves.filter((field) => !reportsAt(violations, `${entry}.${field}`));
      assert.deepEqual(hidden, [], violations.join("\n"));
    });
  }

  it("by a directive's type, whatever stands in its place, and by its values", () => {
    const isType = (type: unknown) => type === "single" || type === "repeat";
    const type = fc
      .oneof(fc.constantFrom("sngle", "Repeat", "", 5, true, null), fc.jsonValue())
      .filter((value) => !isType(value) && leftOverJinja({ value }).length === 0);
    // Refused by the schema, and by the rules that look at readable values.
    const values = fc.constantFrom<readonly [unknown, string]>(
      [null, ""],
      [[], ""],
      [{ Host: ["a"] }, ".Host"],
      [{ Host: null, Other: "a" }, ".Host"],
      ["a; b", ""],
      [{ Host: "a; b" }, ".Host"],
      [{ "two words": "a" }, ".two words"],
    );
    const directive = fc.constantFrom("webservers.routes.kibana.params.add_header", "services.dash.web.params.allow");
    fc.assert(
      fc.property(directive, type, values, (path, written, [refused, below]) => {
        const violations = violationsOf(() => parse({ [path]: { type: written, values: refused } }));
        for (const place of [`${path}.type`, `${path}.values${below}`])
          assert.ok(reportsAt(violations, place), `${place} is not in ${violations.join("\n")}`);
        assert.equal(violations.length, 2, violations.join("\n"));
      }),
      { numRuns: 100 },
    );
  });

  it("a field that cannot be read is reported, and nothing that would follow from it", () => {
    for (const broken of brokenEntries) {
      for (const field of fieldsOf(broken)) {
        const path = `${broken.entry}.${field}`;
        const violations = violationsOf(() => parse({ ...broken.changes, [path]: null }));
        const others = violations.filter((violation) => !violation.startsWith(shown(path)));
        assert.deepEqual(others, [], path);
      }
    }
  });

  it("by a name that cannot be one, and by a field under it", () => {
    const tables = ["networks", "hosts", "apps", "services", "virtualIps", "kubeGateways.routes", "webservers.routes"];
    for (const table of tables) {
      const bad = `${table}.Bad_name`;
      const violations = violationsOf(() => parse({ [bad]: { "unknown-key": 1 } }));
      assert.ok(reports(violations, `${bad}: "Bad_name" is not a name`), violations.join("\n"));
      assert.ok(reports(violations, `${bad}.unknown-key: unknown key`), violations.join("\n"));
    }
  });
});
