import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { setTimeout } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { Status, type Ended } from "../../../cli/ended.ts";
import { watched, type Output } from "../../../cli/status/watch.ts";

/** Something that is written to. */
class Written extends EventEmitter implements Output {
  text = "";
  readonly isTTY: boolean;
  rows: number;
  constructor(isTTY: boolean, rows = 24) {
    super();
    this.isTTY = isTTY;
    this.rows = rows;
  }
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** What is on the terminal's own screen and what is not; fails for a screen that is not given back. */
function isGivenBack({ text }: Written): boolean {
  const back = ["\u001b[?7h", "\u001b[?25h", "\u001b[?1049l"];
  return back.every((one) => text.lastIndexOf(one) > text.lastIndexOf("\u001b[H"));
}

const found = (output: string, status: Status = Status.Fine): Ended => ({ status, output });

describe("a status that is watched", () => {
  /** Watches through as many looks, and ends during the pause behind the last one. */
  async function watch(out: Written, looks: readonly Ended[], { pause = 1, isLineEach = false } = {}) {
    const person = new AbortController();
    let count = 0;
    const lookOnce = (): Promise<Ended> => {
      const one = looks[count];
      count += 1;
      if (count === looks.length) setImmediate(() => person.abort());
      return Promise.resolve(one ?? assert.fail("one look too many"));
    };
    return watched(lookOnce, { pause, out, isLineEach, ended: person.signal });
  }

  it("has the terminal's other screen, one look over the one before, and gives it back", async () => {
    const out = new Written(true);
    const status = await watch(out, [found("first\n"), found("second\n", Status.Mistakes)]);
    assert.equal(status, Status.Mistakes);
    assert.ok(out.text.startsWith("\u001b[?1049h"));
    const second = out.text.split("\u001b[H").at(-1) ?? "";
    assert.match(second, /second/);
    assert.doesNotMatch(second, /first/);
    assert.ok(second.includes("\u001b[J"));
    assert.ok(isGivenBack(out), JSON.stringify(out.text));
  });

  it("fits the terminal, and says how many lines do not; a terminal of another height is drawn anew", async () => {
    const out = new Written(true, 10);
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join("");
    const person = new AbortController();
    const watching = watched(() => Promise.resolve(found(lines)), { pause: 60_000, out, isLineEach: false, ended: person.signal }); // prettier-ignore
    await setTimeout(5);
    const last = (): string[] => (out.text.split("\u001b[H").at(-1) ?? "").split("\r\n");
    assert.deepEqual([last().length, stripVTControlCharacters(last().at(-1) ?? "")], [10, "… 23 more lines: make the terminal higher"]); // prettier-ignore
    out.rows = 50;
    out.emit("resize");
    assert.equal(last().length, 32);
    person.abort();
    await watching;
    assert.ok(isGivenBack(out));
    assert.equal(out.listenerCount("resize"), 0);
  });

  it("takes a terminal that does not know its height for one of 24 lines", async () => {
    const out = new Written(true, 0);
    await watch(out, [found("first\n")]);
    assert.match(out.text.split("\u001b[H").at(-1) ?? "", /first/);
  });

  it("prints one look after the other where nobody has a terminal, and obeys no terminal there", async () => {
    const out = new Written(false);
    await watch(out, [found("first\n"), found("second\n")]);
    assert.match(out.text, /^\d{4}-\S+Z\nfirst\n\n\d{4}-\S+Z\nsecond\n\n$/);
  });

  it("prints lines for a program as they are, on a terminal too", async () => {
    const out = new Written(true);
    await watch(out, [found('{"a":1}\n'), found('{"a":2}\n')], { isLineEach: true });
    assert.equal(out.text, '{"a":1}\n{"a":2}\n');
  });

  it("ends at once in the middle of a look, and gives the terminal back", async () => {
    const out = new Written(true);
    const person = new AbortController();
    const never = new Promise<Ended>(() => undefined);
    const watching = watched(() => never, { pause: 1, out, isLineEach: false, ended: person.signal });
    setImmediate(() => person.abort());
    assert.equal(await watching, Status.Fine);
    assert.ok(isGivenBack(out));
  });

  it("gives the terminal back when a look fails", async () => {
    const out = new Written(true);
    const looking = () => Promise.reject(new Error("a fault"));
    await assert.rejects(watched(looking, { pause: 1, out, isLineEach: false, ended: new AbortController().signal }), /a fault/); // prettier-ignore
    assert.ok(isGivenBack(out));
  });

  it("ends when nobody reads any more", async () => {
    const out = new Written(false);
    const looking = () => {
      setImmediate(() => out.emit("error", Object.assign(new Error("EPIPE"), { code: "EPIPE" })));
      return Promise.resolve(found("one\n"));
    };
    await watched(looking, { pause: 60_000, out, isLineEach: false, ended: new AbortController().signal });
    assert.match(out.text, /one/);
  });
});
