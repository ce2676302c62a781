import { readFileSync } from "node:fs";
import path from "node:path";

/** Where a script stands that is beside this file. */
export function scriptPath(name: string): string {
  return path.join(import.meta.dirname, name);
}

/** The text of a script that stands beside this file. */
export function readScript(name: string): string {
  return readFileSync(scriptPath(name), "utf8");
}

/**
 * A script that stands beside this file, for a sandbox to run.
 *
 * @param args its `$1`, `$2`, …
 * @example host.run(scriptFile("nmcli.sh", "10 (unmanaged)"))
 */
export function scriptFile(name: string, ...args: readonly string[]): string {
  const words = args.map((arg) => ` '${arg.replaceAll("'", "'\\''")}'`).join("");
  return `set --${words}\n${readScript(name)}`;
}
