/** The scripts that programs bring to a host: shell in files of their own, beside the program that they belong to. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** A line of a script that stands for the text of another file: `. ../shell/fail.sh`. */
const sourced = /^\. (\.{1,2}\/\S+\.sh)$/gm;

/**
 * The text of a script. What it sources by a relative path (the library in `render/shell/`) is put in its place, so that a
 * script on a host stands alone, while shellcheck and an editor read the very files that are written here.
 *
 * Scripts never vary: what differs between hosts they read from a `settings` file (see `settings.ts`) or get as arguments.
 *
 * @param directory of the program: `import.meta.dirname`
 * @param name of the file, for example `check.sh`
 * @throws Error when there is no such file: the package was built without its scripts.
 * @example script(import.meta.dirname, "check.sh")
 */
export function script(directory: string, name: string): string {
  const file = path.join(directory, name);
  return readFileSync(file, "utf8").replace(sourced, (_, other: string) =>
    library(path.resolve(path.dirname(file), other)),
  );
}

/** A file of the library without what only shellcheck needs: its own first line. */
function library(file: string): string {
  return readFileSync(file, "utf8")
    .replace(/^# shellcheck shell=sh\n/, "")
    .replace(sourced, (_, other: string) => library(path.resolve(path.dirname(file), other)))
    .trimEnd();
}
