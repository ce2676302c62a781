import assert from "node:assert/strict";
import fc from "fast-check";
import { htmlOf } from "../../../cli/review/html.ts";
import { jsonOf } from "../../../cli/review/json.ts";
import { markdownOf } from "../../../cli/review/markdown.ts";
import type { Review } from "../../../cli/review/review.ts";
import { risksOf } from "../../../cli/review/risks.ts";
import { anyCharacter } from "../../anyCharacter.ts";
import { packages, reviewed, unit } from "./previews.ts";

/** A review of all that a preview of others may hold: the same text as a name, a path and a line. */
const hostile = (text: string): Review => ({
  ...reviewed(unit("a", { assembly: "gateway", unit: "box.dev.wiki", after: { x: "1\n" } })),
  stack: text,
  warnings: [{ kind: "deletion", message: text }],
  interruptions: [{ kind: "restart", what: text, hosts: [text], noticed: text, isCertain: true }],
  reachability: [{ kind: "new", hosts: [text], network: text, service: text, ports: "1", from: text, by: text }],
  files: [{ owners: [text], path: text, change: "created", lines: [`+${text}`] }],
  objects: [{ name: text, change: "created", lines: [`+${text}`] }],
  others: [{ type: text, name: text, change: "created", properties: [text] }],
});

const attacks = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</pre></details><h1>x",
  "```\n# heading\n",
  "[x](https://evil.example) @everyone ![y](z)",
  "| a | b |\n| - | - |",
  "--> <b>x",
  "</code>",
  "\u001b[2J\u202e\u0000",
];
const anything = fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: anyCharacter, maxLength: 40 }));

/** The tags of a text, names only. */
const tags = (html: string): Set<string> => new Set([...html.matchAll(/<(\/?[a-z!][\w-]*)/gi)].map(([, name = ""]) => name)); // prettier-ignore

describe("a review as HTML", () => {
  it("has nothing of a preview as markup, whatever it holds", () => {
    const known = tags(htmlOf(hostile("x")));
    fc.assert(
      fc.property(anything, (text) => {
        const html = htmlOf(hostile(text));
        assert.deepEqual(tags(html), known);
        // A line of a file may have a tab.
        assert.doesNotMatch(html, /[\p{Cf}]|(?![\n\t])\p{Cc}/u);
      }),
    );
  });

  it("asks for nothing beyond itself, and says so to the browser", () => {
    const html = htmlOf(hostile("x"));
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /https?:|url\(|@import|<link|src=/);
  });
});

describe("a review as Markdown", () => {
  const lines = (text: string): string[] => markdownOf(hostile(text), 60_000).split("\n");

  it("has no fence that a line of a diff ends, and no row or tag of others", () => {
    const known = lines("x");
    const inOrder = (all: readonly string[]): string => all.filter((line) => /^(?:#|>|\||<|`{3,}|- )/.test(line)).map((line) => (line.startsWith("|") ? line.replaceAll(/\\.|[^|]/g, "") : line.slice(0, 3).replace(/^- .*/, "- ").replace(/^`+/, "`"))).join("\n"); // prettier-ignore
    for (const text of attacks) {
      const written = lines(text);
      // A line of a diff begins with its sign, so nothing else of it is at the start of a line.
      assert.equal(inOrder(written), inOrder(known), text);
      assert.doesNotMatch(written.join("\n"), /^(?!\+).*(?:(?<!\\)<(?:script|img|h1)|(?<!\\)\[x|@everyone)/m);
    }
  });

  it("has a fence that is longer than any in a line that stays as it is", () => {
    const text = (last: string): string => `\`\`\`\`\n${last}\n`;
    const samples = unit("a", { assembly: "gateway", unit: "box.dev.x", before: { x: text("1") }, after: { x: text("2") } }); // prettier-ignore
    assert.match(markdownOf(reviewed(samples), 60_000), /\n`{5}diff\n@@ .*\n `{4}\n-1\n\+2\n`{5}\n/);
  });

  it("tells nothing that a terminal obeys, and mentions nobody", () => {
    fc.assert(
      fc.property(anything, (text) => assert.doesNotMatch(markdownOf(hostile(text), 60_000), /(?![\n\t])\p{Cc}|\u202e/u)), // prettier-ignore
    );
  });

  it("is never longer than asked for, and says so where it leaves something out", () => {
    const many = Array.from({ length: 40 }, (_, index) => unit("a", { assembly: "gateway", unit: `box.dev.r${index}`, after: { [`f${index}`]: `${index} é\n`.repeat(100) } })); // prettier-ignore
    const review = reviewed(many.flat());
    const whole = markdownOf(review, 1_000_000);
    assert.doesNotMatch(whole, /Too long for a comment/);
    for (const most of [2_000, 5_000, 20_000]) {
      const text = markdownOf(review, most);
      assert.ok(Buffer.byteLength(text) <= most, `${Buffer.byteLength(text)} of ${most}`);
      assert.match(text, /Too long for a comment/);
      assert.equal((text.match(/<details>/g) ?? []).length, (text.match(/<\/details>/g) ?? []).length);
    }
  });

  it("begins with a mark that a script finds its comment by", () => {
    assert.match(markdownOf(reviewed([{ name: "a", before: {}, after: {} }]), 1000), /^<!-- gatebox review dev -->\n/);
  });
});

describe("a review as JSON", () => {
  it("is one object, with the names of its risks", () => {
    const review = reviewed(packages("a", [], ["nginx"]));
    const data = JSON.parse(jsonOf(review)) as Record<string, unknown>;
    assert.deepEqual([data["form"], data["risks"], data["stack"]], [1, ["change", "packages"], "dev"]);
  });

  it("keeps tabs of diffs, and nothing that a terminal obeys", () => {
    const review = reviewed(unit("a", { assembly: "gateway", unit: "box.dev.x", after: { x: "\tbind\u001b[2J\n" } }));
    const { files } = JSON.parse(jsonOf(review)) as Review;
    assert.equal(files[0]?.lines[1], "+\tbind\\u001b[2J");
  });
});

describe("the risks of a change", () => {
  it("are none where nothing changes", () => {
    assert.deepEqual(risksOf(reviewed([{ name: "a", before: {}, after: {} }])), []);
  });

  it("have names for what is deleted, interrupted and reached", () => {
    const gone = unit("a", { assembly: "gateway", unit: "dev.pool", before: { x: "1\n" } });
    const same = { name: "same", before: {}, after: {} };
    assert.deepEqual(risksOf(reviewed([...gone, same])), ["change", "deletion", "interruption"]);
    const port = unit("a", { assembly: "gateway", unit: "box.dev.wiki", after: { "border/ports/30170.nft": "1\n" } });
    assert.deepEqual(risksOf(reviewed(port)), ["change", "reload", "reachability"]);
  });
});
