import { printable } from "../../box/printable.ts";
import type { Change, Difference } from "./differences.ts";

/** Differences of one file that are the same line by line on these hosts. */
interface Variant {
  readonly owners: readonly string[];
  readonly lines: readonly string[];
}

/** What becomes of one file on some hosts. */
export interface SharedDifference {
  readonly owners: readonly string[];
  readonly path: string;
  readonly change: Change;
  /** The hunks. Lines that are some hosts' own stand below `[HOST, …]`, and the rest after them below `[all]`. */
  readonly lines: readonly string[];
}

/** Differences of one file that are alike on several hosts, once. */
export function sharedDifferences(differences: readonly Difference[]): SharedDifference[] {
  const files = Map.groupBy(differences, ({ path, change, lines }) => JSON.stringify([path, change, shapeOf(lines)]));
  return [...files.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { path, change } = first;
    return [{ owners: alike.map(({ owner }) => owner), path, change, lines: merged(variantsOf(alike)) }];
  });
}

/**
 * The text of differences, for a person to read: each file once, with the names of the hosts that it stands on. Lines that are
 * not the same on all of these hosts (their own addresses, say) stand below the names of those that they are of, and the rest
 * below `[all]`.
 *
 * @example
 * gateway-1, gateway-2: gateway/haproxy/routes/30165.cfg (created)
 */
export function diffText(differences: readonly Difference[]): string {
  const blocks = sharedDifferences(differences).map(
    ({ owners, path, change, lines }) =>
      `${owners.join(", ")}: ${path} (${change})\n${lines.map((line) => `${printedLine(line)}\n`).join("")}`,
  );
  return blocks.join("\n");
}

/** Hunks of one shape are the same but for what stands in their lines. */
function shapeOf(lines: readonly string[]): string {
  return lines.map((line) => (line.startsWith("@@") ? line : line.charAt(0))).join("\n");
}

function variantsOf(alike: readonly Difference[]): Variant[] {
  const groups = Map.groupBy(alike, ({ lines }) => lines.join("\n"));
  return [...groups.values()].map((same) => ({ owners: same.map(({ owner }) => owner), lines: same[0]?.lines ?? [] }));
}

/** All lines of variants of one shape, what they have in common once. */
function merged(variants: readonly Variant[]): string[] {
  const [first = { owners: [], lines: [] }, ...others] = variants;
  const isCommon = first.lines.map((line, index) => others.every(({ lines }) => lines[index] === line));
  const text: string[] = [];
  for (let from = 0; from < first.lines.length;) {
    const end = isCommon.indexOf(!isCommon[from], from);
    const to = end === -1 ? first.lines.length : end;
    if (isCommon[from]) text.push(...(from === 0 ? [] : ["[all]"]), ...first.lines.slice(from, to));
    else for (const { owners, lines } of variants) text.push(`[${owners.join(", ")}]`, ...lines.slice(from, to));
    from = to;
  }
  return text;
}

/** A tab is in order in a configuration, unlike whatever else a terminal obeys. */
export function printedLine(line: string): string {
  return line.split("\t").map(printable).join("\t");
}
