/** The last results of each figure, and the table that is written from them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Conditions, Figure, Row } from "./figure.ts";

/** What a figure gave, and how busy the machine was. */
export interface Result extends Conditions {
  readonly rows: readonly Row[];
}

/** Results by the name of their figure. */
export type Results = Readonly<Record<string, Result>>;

const resultsFile = path.join(import.meta.dirname, "results.json");
const readmeFile = path.join(import.meta.dirname, "README.md");

/** The results of the last runs; none before the first. */
export function readResults(): Results {
  return existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, "utf8")) as Results) : {};
}

/** Keeps new results beside those of the figures that did not run. */
export function keepResult(figure: Figure, result: Result, figures: readonly Figure[]): void {
  const rounded = result.rows.map((row) => ({ ...row, value: Number(row.value.toPrecision(4)) }));
  const results = { ...readResults(), [figure.name]: { ...result, rows: rounded } };
  const inOrder = Object.fromEntries(figures.flatMap(({ name }) => (results[name] ? [[name, results[name]]] : [])));
  writeFileSync(resultsFile, `${JSON.stringify(inOrder, undefined, 2)}\n`);
  writeReadme(figures);
}

/** Writes the table anew from the results that there are. */
export function writeReadme(figures: readonly Figure[]): void {
  writeFileSync(readmeFile, readme(readResults(), figures));
}

/**
 * A measurement as a reader wants it.
 *
 * @example shown({ what: "…", value: 3.1415, unit: "x" }); // "3.1 ×"
 */
export function shown({ value, unit }: Row): string {
  const text =
    unit === "count" || value === 0 || (unit === "ms" && Number.isInteger(value))
      ? String(value)
      : value < 10
        ? value.toFixed(value < 1 ? 2 : 1)
        : String(Math.round(value));
  if (unit === "count") return text;
  return unit === "x" ? `${text} ×` : `${text} ${unit === "per second" ? "/s" : unit}`;
}

/** The rows of one result as lines of a Markdown table. */
export function table(rows: readonly Row[], headings: readonly string[] = ["What", "Measured", "Asked for"]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rules = headings.map((_, n) => (n === 1 ? "---:" : "---"));
  const lines = rows.map((row) => line([row.what, shown(row), row.target ?? "", ...(row.besides ?? [])]));
  return [line(headings), line(rules), ...lines].join("\n");
}

function busy({ loadBefore, processors, date }: Conditions): string {
  const load = `${date === undefined ? "" : `${date}, on `}${processors} cores, load average ${loadBefore.toFixed(1)} when it began`;
  if (loadBefore < processors / 2) return `Measured on ${load}.`;
  return `Measured on ${load}: the lab itself or others were at work, so times are longer than they need be; ratios suffer less.`;
}

/** The whole of `bench/README.md`. */
export function readme(results: Results, figures: readonly Figure[]): string {
  const sections = figures.flatMap((figure) => {
    const result = results[figure.name];
    if (result === undefined) return [];
    return [
      `## ${figure.title}`,
      `\`npm run bench -- ${figure.name}\``,
      figure.how,
      table(result.rows, figure.headings),
      busy(result),
    ];
  });
  return `${[...head, ...sections].join("\n\n")}\n`;
}

const head = [
  "# Figures",
  "Written by `npm run bench` from `results.json`; do not edit. All figures: `npm run bench`. Some: `npm run bench -- NAME…`. This file alone, from the results that there are: `npm run bench -- --table`. The first one that needs it brings up a lab of the benchmarks' own and applies the Protobox to it; the lab goes when the figures are done, unless it was up before (`npm start -- --name bench`).",
  "Ratios (×) compare what ran in turn on the same machine, and are what to compare between machines. Single times and rates stand beside them for the scale. Where there were several rounds, the median is given. A benchmark reports what it finds; it never fails because something was slow.",
];
