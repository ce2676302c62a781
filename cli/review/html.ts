/** A review as one HTML file: it asks no network for anything, and runs nothing. */
import { printable } from "../../box/printable.ts";
import { escaped } from "../picture/svg.ts";
import type { Review } from "./review.ts";
import { partsOf, summaryOf, type Block, type Part } from "./words.ts";

// Each colour twice; the reader's setting decides.
const style = `
:root { color-scheme: light dark; --line: #d5dde5; --quiet: #5b6875; --plus: #e3f6e5; --minus: #fdeaea; --hunk: #eaf1fa; --card: #f7f9fb }
@media (prefers-color-scheme: dark) {
  :root { --line: #38434e; --quiet: #9aa7b4; --plus: #12351a; --minus: #43191b; --hunk: #1b2a3d; --card: #1a2129 }
}
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem } p { margin: .5rem 0 }
nav a { margin-right: 1rem } .quiet { color: var(--quiet) }
table { border-collapse: collapse; width: 100%; font-size: 14px }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word }
th { color: var(--quiet); font-weight: 600; white-space: nowrap }
.warnings { border-left: 4px solid #d9822b; background: var(--card); padding: .5rem 1rem } .warnings h2 { margin-top: .3rem }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; background: var(--card) }
summary { cursor: pointer; padding: .4rem .8rem; overflow-wrap: anywhere } summary code { font-weight: 600 }
pre { margin: 0; padding: .5rem 0; overflow-x: auto; border-top: 1px solid var(--line); font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", monospace }
pre span { display: block; padding: 0 .8rem; white-space: pre; min-width: max-content } .plus { background: var(--plus) } .minus { background: var(--minus) } .hunk { background: var(--hunk); color: var(--quiet) }
ol, ul { padding-left: 1.4rem } ul.turns { list-style: none; padding-left: 0 }
@media print { details > pre { white-space: pre-wrap } }
`;

/** The whole file. Diffs of more lines than this are folded. */
const mostOpenLines = 60;

/** Makes it. */
export function htmlOf(review: Review): string {
  const parts = partsOf(review);
  const title = printable(`Review of ${review.project}/${review.stack}`);
  const id = (index: number): string => `part-${index + 1}`;
  const links = parts.map((part, index) => `<a href="#${id(index)}">${escaped(part.title)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(summaryOf(review))}</p>
<nav>${links.join("\n")}</nav>
${parts.map((part, index) => section(part, id(index))).join("\n")}
<p class="quiet">All files are root's. Secrets are told as changed or unchanged, and never shown.</p>
</body>
</html>
`;
}

function section({ title, blocks }: Part, id: string): string {
  const kind = title === "Look at" ? ' class="warnings"' : "";
  return `<section id="${id}"${kind}>\n<h2>${escaped(title)}</h2>\n${blocks.map(blockHtml).join("\n")}\n</section>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "list": {
      const isNumbered = block.items.every((item) => /^\d+\. |^…/.test(item));
      const items = block.items.map((item) => `<li>${escaped(item)}</li>`).join("\n");
      return `<ul${isNumbered ? ' class="turns"' : ""}>\n${items}\n</ul>`;
    }
    case "text":
      return `<p>${escaped(block.text)}</p>`;
    case "table":
      return `<table>\n<tr>${block.head.map((cell) => `<th>${escaped(cell)}</th>`).join("")}</tr>\n${block.rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("\n")}\n</table>`;
    case "diff":
      return diffHtml(block.title, block.hosts, block.lines);
  }
}

function diffHtml(title: string, hosts: string, lines: readonly string[]): string {
  const open = lines.length <= mostOpenLines ? " open" : "";
  const summary = `<summary><code>${escaped(title)}</code> <span class="quiet">${escaped(hosts)}</span></summary>`;
  return `<details${open}>${summary}\n<pre>${lines.map(lineHtml).join("")}</pre></details>`;
}

function lineHtml(line: string): string {
  const [first = " "] = line;
  const kind = { "+": "plus", "-": "minus", "@": "hunk", "[": "hunk", m: "hunk" }[first];
  const content = escaped(line) || " ";
  return `<span${kind === undefined ? "" : ` class="${kind}"`}>${content}</span>`;
}
