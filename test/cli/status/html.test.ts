import assert from "node:assert/strict";
import fc from "fast-check";
import { statusHtml } from "../../../cli/status/html.ts";
import { anyCharacter } from "../../anyCharacter.ts";
import { answered, saying, statusWith, wellLines } from "./sampleStatus.ts";

/** The text of a page's elements, without styles. */
const tagsOf = (page: string): string[] => [...page.replace(/<style>[^]*?<\/style>/, "").matchAll(/<[^>]*>/g)].map(([tag]) => tag); // prettier-ignore

/** What a browser would make of the page: its elements, each with the names of its attributes. */
const shapeOf = (page: string): string[] =>
  tagsOf(page).map((tag) => tag.replaceAll(/"[^"]*"/g, '""').replace(/ \/?>$/, ">"));

describe("the page of gatebox status", () => {
  it("says in words and signs what is wrong, and names the host in the heading of its row", () => {
    const lines = wellLines("gateway-2", []).map((line) => (line === "runs gateway" ? "fails gateway haproxy.service is failed" : line)); // prettier-ignore
    const page = statusHtml(statusWith({ "gateway-2": answered(lines) }));
    assert.match(page, /✖ Something needs a person/);
    assert.match(page, /<th scope="row" role="rowheader">gateway-2<\/th>[^\n]*✖ no<\/span><ul><li>gateway: haproxy\.service is failed/); // prettier-ignore
    assert.match(page, /<th scope="row" role="rowheader">gateway-1<\/th>[^\n]*✔ yes/);
    assert.match(statusHtml(statusWith()), /✔ Nothing needs a person/);
  });

  it("needs no script and no network, and a browser lets it have neither", () => {
    const page = statusHtml(saying("x"));
    assert.match(page, /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/); // prettier-ignore
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|\son\w+=|src=|href=|url\(|@import/i);
  });

  it("has a heading for each column, and says it in each cell as well, for screens that show rows as cards", () => {
    const page = statusHtml(saying("x"));
    for (const [table] of page.matchAll(/<table[^]*?<\/table>/g)) {
      const heads = [...table.matchAll(/<th scope="col" role="columnheader">([^<]*)<\/th>/g)].map(([, head]) => head);
      assert.ok(heads.length >= 3, table);
      for (const [row] of table.matchAll(/<tr role="row"><th scope="row"[^\n]*/g))
        assert.deepEqual([heads[0], ...[...row.matchAll(/data-of="([^"]*)"/g)].map(([, of]) => of)], heads);
    }
  });

  it("is loaded anew only where it is written anew", () => {
    assert.doesNotMatch(statusHtml(statusWith()), /refresh/);
    assert.match(statusHtml(statusWith(), 10), /<meta http-equiv="refresh" content="10">/);
  });

  it("has the same elements whatever hosts say, and no character that a terminal obeys or that reorders text", () => {
    const shape = shapeOf(statusHtml(saying("x")));
    const markup = fc.constantFrom("<script>alert(1)</script>", '" onclick="x', "</li></ul>", "<!--", "&lt;", "'", "]]>", "</style>", "\u202e", "\u001b[2J"); // prettier-ignore
    const words = fc.array(fc.oneof(markup, fc.string({ unit: anyCharacter })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, (parts) => {
        const said = `x${parts.join("")}`;
        const page = statusHtml(saying(said));
        assert.deepEqual(shapeOf(page), shape);
        assert.doesNotMatch(page.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 100 },
    );
  });
});
