import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Asserts that `text` is the golden file `path` below `golden` in the directory of the tests. `UPDATE_GOLDEN=1` writes the file instead;
 * the change is then for a person to read.
 */
export function assertGolden(path: string, text: string, tests = import.meta.dirname): void {
  const file = join(tests, "golden", path);
  if (process.env["UPDATE_GOLDEN"]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, "utf8"), `${path} is not its golden file; UPDATE_GOLDEN=1 writes it anew`);
}
