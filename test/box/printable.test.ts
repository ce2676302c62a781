import assert from "node:assert/strict";
import fc from "fast-check";
import { BoxError } from "../../box/index.ts";
import { show } from "../../box/printable.ts";
import { parseProtobox } from "./parsing.ts";

/** What a terminal may obey, or what reorders, hides or splits a line. */
const unprintable = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const hostile = fc.string({
  unit: fc.constantFrom(
    "\u001b[2J",
    "\u009b",
    "\r",
    "\n",
    "\u202e",
    "\u2028",
    "\u200b",
    "\ud83d",
    "a",
    "-",
    "{{",
    "😀",
  ),
  minLength: 1,
  maxLength: 200,
});

function messageOf(changes: Readonly<Record<string, unknown>>): string {
  try {
    parseProtobox(changes);
    return "";
  } catch (error) {
    assert.ok(error instanceof BoxError);
    return error.message;
  }
}

describe("texts of others in messages", () => {
  it("are shown with control and formatting characters written out", () => {
    assert.equal(show("a\u001b[2J\u202eb"), '"a\\u001b[2J\\u202eb"');
    assert.equal(show({ key: "\u009b" }), '{"key":"\\u009b"}');
  });

  it("are cut where they get long", () => {
    assert.equal(show("a".repeat(1000)).length, 81);
  });

  it("reach the terminal as plain lines of bounded length, as a value or as a name", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const values = { "apps.dash.namespace": text, "pools.masters-pool.0": text, "services.dash.app": text };
        const names = messageOf({ hosts: { [text]: { [text]: text } } });
        for (const message of [messageOf(values), names]) {
          assert.doesNotMatch(message, unprintable);
          for (const line of message.split("\n")) assert.ok(line.length <= 8500, `${line.length} characters`);
        }
        const [head = "", ...lines] = messageOf(values).split("\n");
        assert.equal(lines.length, Number(/ has (\d+) violation/.exec(head)?.[1]), messageOf(values));
      }),
      { numRuns: 100 },
    );
  });
});
