import { readFileSync } from "node:fs";
import path from "node:path";
import { Severity, type Mistake } from "./mistake.ts";
import { inspectStackFile, type Inspected, type StackFile } from "./inspect.ts";

/** The name of the stack whose file this is: `mybox` of `Pulumi.mybox.yaml`. */
export function stackOf(file: string): string {
  const name = path.basename(file).replace(/\.ya?ml$/, "");
  return name.startsWith("Pulumi.") ? name.slice("Pulumi.".length) : name;
}

/** The text of a file, or undefined when it cannot be read. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * A stack file as it stands in the file system.
 *
 * @param here where relative paths begin
 * @throws Error of the file system when it cannot be read.
 */
export function stackFileOnDisk(file: string, here: string): StackFile {
  const place = path.resolve(here, file);
  const folder = path.dirname(place);
  const text = readFileSync(place, "utf8");
  return { file, text, stack: stackOf(file), readFile: (named) => textOf(path.resolve(folder, named)) };
}

/**
 * Inspects a file; one that cannot be read is a mistake at its beginning.
 *
 * @param more `knownHosts`: a known_hosts file that goes before the one that it names, as the stack's own program takes it from
 *   $GATEBOX_KNOWN_HOSTS; relative to `here`
 */
export function inspectOnDisk(
  file: string,
  here: string,
  { knownHosts, asApplied }: Pick<StackFile, "knownHosts" | "asApplied"> = {},
): Inspected {
  try {
    const given = knownHosts === undefined ? {} : { knownHosts: textOf(path.resolve(here, knownHosts)) ?? "" };
    return inspectStackFile({ ...stackFileOnDisk(file, here), ...given, asApplied });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    return { mistakes: [unreadable(file, code)], box: undefined };
  }
}

function unreadable(file: string, code: string): Mistake {
  const why: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EISDIR: "it is a folder; name the stack file in it, Pulumi.STACK.yaml",
    EACCES: "reading it is not permitted",
  };
  const message = `cannot be read: ${why[code] ?? code}`;
  return { file, line: 1, column: 1, path: "", message, severity: Severity.Error };
}
