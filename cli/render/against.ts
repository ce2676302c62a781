import path from "node:path";
import { mistakeLine } from "../stackFile/mistake.ts";
import { inspectStackFile } from "../stackFile/inspect.ts";
import { stackOf, textOf } from "../stackFile/onDisk.ts";
import { isRendered, readFolder } from "./folder.ts";
import { commitOf, fileAt, type Commit } from "./git.ts";
import { renderedFiles, type RenderedFile } from "./renderedFiles.ts";

/** What a stack file is compared with. */
export interface Earlier {
  readonly files: readonly RenderedFile[];
  /** What the person should know of it. */
  readonly remark?: string;
}

/** The earlier version has mistakes, by the rules of today. */
export class EarlierMistakes extends Error {}

/**
 * The files that were rendered before, or that a stack file gave at a commit.
 *
 * @param against a folder that render made, or what git knows as a commit
 * @param here where relative paths begin
 * @throws GitError, EarlierMistakes
 */
export function earlierFiles(stackFile: string, against: string, here: string): Earlier {
  const folder = path.resolve(here, against);
  if (isRendered(folder)) return { files: readFolder(folder) };
  const place = path.resolve(here, stackFile);
  return filesAt(commitOf(path.dirname(place), against), path.basename(place));
}

function filesAt(commit: Commit, file: string): Earlier {
  const text = fileAt(commit, file);
  if (text === undefined) return { files: [], remark: `${file} is not in ${commit.ref}: all of it is new.\n` };
  // A path that leads out of the project has no version.
  const readFile = (named: string): string | undefined =>
    path.isAbsolute(named) ? textOf(named) : fileAt(commit, named);
  const { box, mistakes } = inspectStackFile({
    file: `${commit.ref}:${file}`,
    text,
    stack: stackOf(file),
    readFile,
    asApplied: true,
  });
  if (box) return { files: renderedFiles(box) };
  const lines = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  throw new EarlierMistakes(
    `${file} at ${commit.ref} has mistakes by the rules of today, so there is nothing to compare with:\n${lines}`,
  );
}
