import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { InventoryError, type InventoryFile } from "../../../cli/import/documents.ts";
import { importInventory } from "../../../cli/import/importInventory.ts";
import { notesText } from "../../../cli/import/notes.ts";
import { inventoryFiles, valuesOf } from "./importing.ts";

type Holder = Record<string, unknown>;

const files = inventoryFiles();

/** A place in the inventory: a file, and how deep to go into it along which of the keys. */
const place = fc.record({
  file: fc.nat({ max: files.length - 1 }),
  turns: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 7 }),
});
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

/** The inventory with something done to one of its mappings or lists. */
function changedAt({ file, turns }: Place, change: (holder: Holder, key: string) => void): InventoryFile[] {
  return files.map(({ path, text }, index) => {
    if (index !== file) return { path, text };
    const root = parse(text) as Holder;
    let [holder, key] = [root, ""];
    for (const turn of turns) {
      const keys = Object.keys(holder);
      key = keys[turn % keys.length] ?? "";
      const next = holder[key];
      if (typeof next !== "object" || next === null || turn === turns.at(-1)) break;
      holder = next as Holder;
    }
    change(holder, key);
    return { path, text: stringify(root, { aliasDuplicateObjects: false }) };
  });
}

/** What is written where an address belongs, sound and not. */
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc
    .tuple(
      fc.oneof(fc.ipV4(), fc.constantFrom("", "{{ ip }}", "192.168.1.999")),
      fc.oneof(
        fc.integer({ min: -1, max: 40 }).map(String),
        fc.ipV4(),
        fc.constantFrom("", "{{ prefix }}", "255.255.255.0", "0.0.0.0", "24/24", "1e1", "NaN"),
      ),
    )
    .map((parts) => parts.join("/")),
);

describe("the import of whatever is in an inventory", function () {
  // Sixty imports and previews of a whole inventory were seen to take 42 s on a machine that is busy.
  this.timeout(120_000);

  it("ends with a stack file that can be read, or with its own error", () => {
    fc.assert(
      fc.property(place, fc.jsonValue(), (where, value) => {
        try {
          const { text } = importInventory(changedAt(where, (holder, key) => (holder[key] = value)));
          assert.ok("config" in (parse(text) as object));
        } catch (error) {
          if (!(error instanceof InventoryError)) throw error;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("ends with a network for whatever stands where an address does", () => {
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 3 }), (addresses) => {
        const hosts = addresses.map((ip, at) => [`node-${at}`, { networks_interfaces: { "box-network": { ip } } }]);
        const text = stringify({ all: { hosts: Object.fromEntries(hosts) as object } });
        const { networks } = valuesOf(importInventory([{ path: "hosts.yml", text }])) as { networks: Holder };
        assert.match(String(networks["box-network"]), /^(?:[\d.]+\/(?:\d|[12]\d|3[012])|TO-FILL-IN)$/);
      }),
      { numRuns: 100 },
    );
  });

  it("loses nothing in silence: a key of nobody's is reported, without its value, or stands in the stack file", () => {
    fc.assert(
      fc.property(place, (where) => {
        let mark = "nobodys";
        const put = (holder: Holder) => {
          if (Array.isArray(holder)) mark = `[${holder.push("nobodys") - 1}]`;
          else Object.assign(holder, { nobodys: { really: "nobodys" }, nobodys_pw: "hunter2" });
        };
        const { text, notes } = importInventory(changedAt(where, put));
        const reported = notes.some(({ path }) => path.includes(mark));
        assert.ok(reported || text.includes("nobodys"));
        const comments = text.split("\n").filter((line) => line.trimStart().startsWith("#"));
        assert.doesNotMatch([notesText(notes), ...comments].join("\n"), /hunter2/);
      }),
      { numRuns: 60 },
    );
  });
});
