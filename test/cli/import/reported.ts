import assert from "node:assert/strict";
import { valueAt } from "../../../box/explain.ts";
import { importChanged, toldBy, valuesOf, type InventoryChanges } from "./importing.ts";

/** A change of the inventory, everything that is reported about it word for word, and what comes of it in the stack file. */
export interface ImportCase extends InventoryChanges {
  readonly finds: string;
  readonly tells: readonly string[];
  /** Values of the stack file by path; steps are parted by dots. */
  readonly writes?: Readonly<Record<string, unknown>>;
}

/** One test for each case. */
export function describeImport(subject: string, cases: readonly ImportCase[]): void {
  describe(`import: ${subject}`, () => {
    for (const { finds, tells, writes = {}, ...changes } of cases) {
      it(finds, () => {
        const imported = importChanged(changes);
        assert.deepEqual(toldBy(imported), tells);
        const values = valuesOf(imported);
        const found = Object.keys(writes).map((path) => [path, valueAt(values, path.split("."))]);
        assert.deepEqual(Object.fromEntries(found), writes);
      });
    }
  });
}
