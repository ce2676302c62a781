/** A review as Markdown, for a comment on a pull request: GitHub's and GitLab's. */
import { printable } from "../../box/printable.ts";
import type { Review } from "./review.ts";
import { partsOf, summaryOf, type Block, type Part } from "./words.ts";

/** What is left out says so in this many letters at most. */
const roomForRest = 400;

/** So a script finds the comment that it has written before. */
export const commentMark = (stack: string): string => `<!-- gatebox review ${stack.replaceAll(/[^\w.-]/g, "")} -->`;

/**
 * The report in at most so many bytes: diffs that have no room are named without their lines.
 *
 * @param most bytes of UTF-8. GitHub takes 65,536 letters of a comment, GitLab a million.
 */
export function markdownOf(review: Review, most: number): string {
  const head = `${commentMark(review.stack)}\n## Review of ${code(printable(review.stack))}\n\n${text(summaryOf(review))}\n`;
  const pieces = partsOf(review).flatMap(piecesOf);
  let left = most - bytes(head) - roomForRest;
  const kept: string[] = [];
  const names: string[] = [];
  let rest = 0;
  for (const { whole, short } of pieces) {
    const form = bytes(whole) <= left ? whole : short;
    if (form === undefined || bytes(form) > left) {
      rest += 1;
      continue;
    }
    if (form !== whole) names.push(form);
    kept.push(form);
    left -= bytes(form);
  }
  const isCut = rest + names.length > 0;
  const note = `\n> **Too long for a comment:** ${names.length + rest} parts are without their lines or missing. The HTML and JSON of this review have all of them.\n`;
  return `${head}${isCut ? note : ""}${kept.join("")}`;
}

/** A piece of the report, and what stands for it where there is no room. */
interface Piece {
  readonly whole: string;
  readonly short?: string;
}

function piecesOf({ title, blocks }: Part): Piece[] {
  const heading = `\n### ${title}\n`;
  return blocks.map((block, index) => {
    const before = index === 0 ? heading : "";
    const whole = `${before}${blockText(block)}`;
    return block.kind === "diff"
      ? { whole, short: `${before}\n- ${code(block.title)} on ${text(block.hosts)}: too long to be shown\n` }
      : { whole };
  });
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "list":
      return `\n${block.items.map((item) => `${/^\d+\. /.test(item) ? "" : "- "}${text(item)}\n`).join("")}`;
    case "text":
      return `\n${text(block.text)}\n`;
    case "table":
      return `\n${[block.head, block.head.map(() => "---"), ...block.rows].map((row, index) => `| ${row.map((cell) => (index === 1 ? cell : text(cell))).join(" | ")} |\n`).join("")}`;
    case "diff":
      return diffText(block.title, block.hosts, block.lines);
  }
}

function diffText(title: string, hosts: string, lines: readonly string[]): string {
  const longest = Math.max(0, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
  const fence = "`".repeat(Math.max(3, longest + 1));
  const summary = `<summary><code>${entities(title)}</code> on ${entities(hosts)}</summary>`;
  return `\n<details>${summary}\n\n${fence}diff\n${lines.map((line) => `${line}\n`).join("")}${fence}\n\n</details>\n`;
}

/** Nothing in it is taken for Markdown, HTML, a mention or a link. */
function text(content: string): string {
  const escaped = content.replaceAll(/^(\d+)\. /g, "$1\u0000 ").replaceAll(/[\\`*_[\]<>|#~!&$]/g, (letter) => `\\${letter}`); // prettier-ignore
  return escaped.replaceAll(/@(?=\w)|:(?=\/\/)/g, "$&\u200b").replaceAll("\u0000", ".");
}

/** As code, which nothing in it ends. */
function code(content: string): string {
  return `<code>${entities(content)}</code>`;
}

function entities(content: string): string {
  return content.replaceAll(/[&<>"'`*_[\]|~@:\\]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function bytes(content: string): number {
  return Buffer.byteLength(content);
}
