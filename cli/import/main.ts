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

/** npm runs a script at the root of the project; paths are meant from where the person is. */
const here = process.env["INIT_CWD"] ?? process.cwd();

/** A call that cannot be understood. */
class UsageError extends Error {}

/** What was asked for. Pulumi: names of stacks are letters, digits, "-", "_" and ".". */
function parseCall(): { readonly name: string; readonly given: readonly string[] } {
  const { values, positionals } = parseArgs({ options: { name: { type: "string" } }, allowPositionals: true });
  const { name = "" } = values;
  if (!/^[\w.-]+$/.test(name)) throw new UsageError("--name: write the name of the stack, letters, digits, -, _ and .");
  if (positionals.length === 0) throw new UsageError("name the files of an inventory");
  return { name, given: positionals };
}

/** `npm run import`: an old inventory becomes a stack file. An existing one is never overwritten. */
function run(): void {
  const { name, given } = parseCall();
  const { files, skipped } = collectFiles(given, here);
  const { text, notes } = importInventory(files, skipped);
  const file = `Pulumi.${name}.yaml`;
  writeFileSync(path.resolve(here, file), text, { flag: "wx" });
  const next = `Next: answer what it marks with ${FILL_IN}, then \`pulumi stack init ${name}\` and \`pulumi preview --diff\`.`;
  process.stderr.write(`${notesText(notes)}${file} is written. ${next}\n`);
}

try {
  run();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof UsageError || code.startsWith("ERR_PARSE_ARGS_")) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = UNUSABLE;
  } else if (code === "EEXIST") {
    process.stderr.write(`${error.message}\nNothing is written: move that file away, or give another --name.\n`);
    process.exitCode = UNREADABLE;
  } else if (error instanceof InventoryError || /^E[A-Z]+$/.test(code)) {
    process.stderr.write(`${error.message}\nNothing is written.\n`);
    process.exitCode = UNREADABLE;
  } else throw error;
}
