import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const directory = join(import.meta.dirname, "golden");

/**
 * Asserts that `text` is the golden file `path` (below `test/render/golden`). `UPDATE_GOLDEN=1` writes the file instead;
 * the change is then for a person to read.
 */
export function assertGolden(path: string, text: string): void {
  const file = join(directory, path);
  if (process.env["UPDATE_GOLDEN"]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, "utf8"), `${path} is not its golden file; UPDATE_GOLDEN=1 writes it anew`);
}
