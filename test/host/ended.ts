import assert from "node:assert/strict";
import type { Ended } from "./sandboxHost.ts";

/** Asserts that a run of the runtime succeeded, and what it said. */
export function succeeded(ended: Ended, stdout: RegExp): void {
  assert.deepEqual({ code: ended.code, stderr: ended.stderr }, { code: 0, stderr: "" });
  assert.match(ended.stdout, stdout);
}

/** Asserts that a run of the runtime failed, and what it said. */
export function failed(ended: Ended, ...stderr: RegExp[]): void {
  assert.deepEqual({ code: ended.code, stdout: ended.stdout }, { code: 1, stdout: "" });
  for (const text of stderr) assert.match(ended.stderr, text);
}
