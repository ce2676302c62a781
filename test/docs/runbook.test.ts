import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { messageAt, upMessages } from "./upMessages.ts";

const docs = path.resolve(import.meta.dirname, "../../docs");
const runbook = readFileSync(path.join(docs, "runbook.md"), "utf8");

/** What the collector takes for messages though nobody ever reads them as the end of `up`. */
const notMessages: readonly string[] = [
  // A note in the log of a step that goes on.
  "they are new",
];

/** The entries of the runbook: messages that have one answer. */
const entries = runbook.split(/^### .*$/m).slice(1);
const entered = [...runbook.matchAll(/^- `(.+)`$/gm)].map(([, text = ""]) => text);

describe("the runbook", () => {
  const messages = upMessages().filter(({ text }) => !notMessages.includes(text));

  it("has an entry for each message that up can end with", () => {
    const missing = messages.filter(({ text }) => !entered.includes(text)).map(({ file, text }) => `${file}: ${text}`);
    assert.deepEqual(missing, [], "write each into docs/runbook.md as a line of an entry: - `MESSAGE`");
  });

  it("has no entry for what nothing says any more, and none twice", () => {
    const said = messages.map(({ text }) => text);
    assert.deepEqual(entered.filter((text) => !said.includes(text)), []); // prettier-ignore
    assert.equal(new Set(entered).size, entered.length);
  });

  it("says of each what it means and what to do", () => {
    for (const entry of entries) {
      assert.match(entry, /^- `/m);
      assert.match(entry, /^\*\*Means:\*\* \S(?:.|\n(?!\n)){20,}\.$/m, entry);
      assert.match(entry, /^\*\*Do:\*\* \S(?:.|\n(?!\n)){15,}\.$/m, entry);
    }
    assert.ok(entries.length > 50);
  });

  it("names no page that is not there", () => {
    const pages = [...runbook.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page = ""]) => page);
    assert.ok(pages.length > 3);
    assert.deepEqual(pages.filter((page) => !existsSync(path.join(docs, page))), []); // prettier-ignore
  });
});

describe("the messages of the source", () => {
  it("are read with what varies in them left out", () => {
    const read = (source: string): string => messageAt(source, source.search(/["'`]/));
    assert.equal(read(`fail 'a $b "c"'`), 'a $b "c"');
    assert.equal(read('fail "a $b: ${c#?} and $1"'), "a …: … and …");
    assert.equal(read('fail "a $(b "$c" | sed "s/)//") d"'), "a … d");
    assert.equal(read('fail "a $(case $b in 0) ;; *) echo c ;; esac) d"'), "a … d");
    assert.equal(read('fail "a \\"b\\"\n$c"'), 'a "b" …');
    assert.equal(read('Error(`a ${b.map((c) => `${c}`).join("}")} costs $5`)'), "a … costs $5");
  });

  it("are found in the runtime, in programs' steps and probes, and in components", () => {
    const files = new Set(upMessages().map(({ file }) => file.split("/").slice(0, 2).join("/")));
    for (const file of ["host/runtime", "render/haproxy", "render/nginx", "render/vip", "components/claims.ts"])
      assert.ok(files.has(file), file);
    assert.ok(upMessages().length > 300);
  });
});
