import assert from "node:assert/strict";
import type { Changes } from "./edit.ts";
import { mistakesOf, parseProtobox, type Files } from "./parsing.ts";

/** A way to break the Protobox's configuration, and every mistake that it makes, word for word. */
export interface BrokenCase extends Files {
  readonly breaks: string;
  readonly changes: Changes;
  readonly says: readonly string[];
}

/** One test for each case: the mistakes told are exactly these, no more and no fewer. */
export function describeMistakes(subject: string, cases: readonly BrokenCase[]): void {
  describe(`mistakes: ${subject}`, () => {
    for (const { breaks, changes, says, ...files } of cases) {
      it(breaks, () =>
        assert.deepEqual(
          mistakesOf(() => parseProtobox(changes, files)),
          says,
        ),
      );
    }
  });
}
