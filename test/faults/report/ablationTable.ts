/** What the tests of the faults said when the mechanism behind each was taken away, as a table of Markdown. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { outDirectory } from "./write.ts";

export interface Seen {
  readonly fault: string;
  /** What was taken away. */
  readonly mechanism: string;
  /** What the fault's test said then. */
  readonly said: readonly string[];
}

/** The table. Pure. */
export function ablationTable(seen: readonly Seen[]): string {
  const rows = seen.map(
    ({ fault, mechanism, said }) => `| ${fault} | ${mechanism} | ${said.join("<br>") || "nothing"} |`,
  );
  return `${["| fault | without | then its test said |", "| --- | --- | --- |", ...rows].join("\n")}\n`;
}

/** Writes `ablations.md` and returns its path. */
export async function writeAblations(seen: readonly Seen[]): Promise<string> {
  const directory = outDirectory();
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, "ablations.md");
  await writeFile(file, ablationTable(seen));
  return file;
}
