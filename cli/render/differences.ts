import { structuredPatch } from "diff";
import type { RenderedFile } from "./renderedFiles.ts";

/** What becomes of a file. */
export type Change = "created" | "changed" | "deleted";

/** A file that is another on one host. */
export interface Difference {
  readonly owner: string;
  readonly path: string;
  readonly change: Change;
  /** The hunks of a unified diff. */
  readonly lines: readonly string[];
}

/** Every file that is created, changed or deleted, in the order in which files are rendered. */
export function differencesOf(before: readonly RenderedFile[], after: readonly RenderedFile[]): Difference[] {
  const nameOf = ({ owner, path }: RenderedFile): string => `${owner}/${path}`;
  const older = new Map(before.map((file) => [nameOf(file), file]));
  const newer = new Map(after.map((file) => [nameOf(file), file]));
  const differences = [...after, ...before.filter((file) => !newer.has(nameOf(file)))].map(
    (file) => difference(older.get(nameOf(file)), newer.get(nameOf(file))) ?? [],
  );
  return differences.flat();
}

function difference(older: RenderedFile | undefined, newer: RenderedFile | undefined): Difference | undefined {
  const file = newer ?? older;
  if (!file || (older && newer && older.text === newer.text)) return undefined;
  const lines = hunksOf(older?.text ?? "", newer?.text ?? "");
  return { owner: file.owner, path: file.path, change: !older ? "created" : newer ? "changed" : "deleted", lines };
}

/** The hunks of a unified diff, line by line. */
export function hunksOf(older: string, newer: string): string[] {
  const { hunks } = structuredPatch("", "", older, newer);
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${rangeText(oldStart, oldLines)} +${rangeText(newStart, newLines)} @@`,
    ...lines,
  ]);
}

/** Of no lines the format says the line before them. */
function rangeText(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
