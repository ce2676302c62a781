import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { InventoryError } from "./documents.ts";
import { collectFiles } from "./files.ts";
import { importInventory } from "./importInventory.ts";
import { FILL_IN, notesText } from "./notes.ts";

const USAGE = `npm run import -- --name STACK FILE…

Writes Pulumi.STACK.yaml from an Ansible inventory in YAML. FILE is an inventory, a file with the variables of a group
(group_vars/GROUP.yml, GROUP/….yml) or a host (host_vars/HOST.yml), or a directory with such files. Of a directory, files
in JSON and without an ending are read too; each file that is not read is named.
`;

/** Exit statuses: what was given cannot be imported, and the call cannot be understood. */
const UNREADABLE = 1;
const UNUSABLE = 2;

/** A call that cannot be understood. */
class UsageError extends Error {}

/** How a call ended. */
export interface Ended {
  /** The exit status of the process. */
  readonly status: number;
  /** What the person reads, on standard error. */
  readonly message: string;
}

/**
 * `npm run import`: an old inventory becomes a stack file. An existing one is never overwritten.
 *
 * @param args the command line, without the program
 * @param here where relative paths begin and the stack file is written
 */
export function importCommand(args: readonly string[], here: string): Ended {
  try {
    return { status: 0, message: run(args, here) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? String(error.code) : "";
    if (error instanceof UsageError || code.startsWith("ERR_PARSE_ARGS_")) {
      return { status: UNUSABLE, message: `${error.message}\n\n${USAGE}` };
    }
    if (code === "EEXIST") {
      const hint = "Nothing is written: move that file away, or give another --name.";
      return { status: UNREADABLE, message: `${error.message}\n${hint}\n` };
    }
    if (error instanceof InventoryError || /^E[A-Z]+$/.test(code)) {
      return { status: UNREADABLE, message: `${error.message}\nNothing is written.\n` };
    }
    throw error;
  }
}

function run(args: readonly string[], here: string): string {
  const { name, given } = parseCall(args);
  const { files, skipped } = collectFiles(given, here);
  const { text, notes } = importInventory(files, skipped);
  const file = `Pulumi.${name}.yaml`;
  writeFileSync(path.resolve(here, file), text, { flag: "wx" });
  const next = `Next: answer what it marks with ${FILL_IN}, then \`pulumi stack init ${name}\` and \`pulumi preview --diff\`.`;
  return `${notesText(notes)}${file} is written. ${next}\n`;
}

/** What was asked for. Pulumi: names of stacks are letters, digits, "-", "_" and ".". */
function parseCall(args: readonly string[]): { readonly name: string; readonly given: readonly string[] } {
  const options = { name: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { name = "" } = values;
  if (!/^[\w.-]+$/.test(name)) throw new UsageError("--name: write the name of the stack, letters, digits, -, _ and .");
  if (positionals.length === 0) throw new UsageError("name the files of an inventory");
  return { name, given: positionals };
}
