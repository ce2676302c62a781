import assert from "node:assert/strict";
import type { Changes } from "./edit.ts";
import { violationsOf, parseProtobox, type Files } from "./parsing.ts";

/** A way to break the Protobox's configuration, and every violation that it makes, word for word. */
export interface BrokenCase extends Files {
  readonly breaks: string;
  readonly changes: Changes;
  readonly says: readonly string[];
}

/** One test for each case: the violations reported are exactly these, no more and no fewer. */
export function describeViolations(subject: string, cases: readonly BrokenCase[]): void {
  describe(`violations: ${subject}`, () => {
    for (const { breaks, changes, says, ...files } of cases) {
      it(breaks, () =>
        assert.deepEqual(
          violationsOf(() => parseProtobox(changes, files)),
          says,
        ),
      );
    }
  });
}
