/** Puts the report where it can be looked at. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Finding } from "../verdict.ts";
import type { Conditions } from "./conditions.ts";
import { htmlOf, type Entry } from "./html.ts";

/** Where the report goes unless $GATEBOX_FAULTS_OUT names another directory. */
const OUT = path.join(import.meta.dirname, "..", "out");

/** Where the report of this run goes. */
export function outDirectory(): string {
  return process.env["GATEBOX_FAULTS_OUT"] ?? OUT;
}

/** The findings of a run as other programs read them. */
export interface Result {
  readonly name: string;
  readonly title: string;
  /** A value that is null never came to pass. */
  readonly findings: readonly (Omit<Finding, "value"> & { readonly value: number | null })[];
}

/** `results.json`: a run of the suite, of which the rest may have been cut off. */
export interface Suite extends Conditions {
  readonly faults: readonly Result[];
  /** Names of the faults that need hosts which the lab has not. */
  readonly skipped: readonly string[];
}

/**
 * Writes `index.html`, a drawing per fault and `results.json`. Called after every fault: what was seen so far is there
 * even when the rest is cut off.
 *
 * @returns the page's path
 */
export async function writeReport(
  entries: readonly Entry[],
  run: Conditions & Pick<Suite, "skipped">,
): Promise<string> {
  const directory = outDirectory();
  await mkdir(directory, { recursive: true });
  const faults: Result[] = entries.map(({ name, title, findings }) => ({
    name,
    title,
    findings: findings.map((finding) => ({ ...finding, value: Number.isFinite(finding.value) ? finding.value : null })),
  }));
  const suite: Suite = { ...run, faults };
  await writeFile(path.join(directory, "results.json"), `${JSON.stringify(suite, undefined, 2)}\n`);
  for (const { name, svg } of entries) await writeFile(path.join(directory, `${name}.svg`), svg);
  const page = path.join(directory, "index.html");
  await writeFile(page, htmlOf(entries));
  return page;
}
