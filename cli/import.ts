import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { finish, Status, type Ended } from "./ended.ts";
import { here } from "./here.ts";
import { InventoryError } from "./import/documents.ts";
import { collectFiles } from "./import/files.ts";
import { importInventory } from "./import/importInventory.ts";
import { FILL_IN, notesText } from "./import/notes.ts";
import { stackFileName } from "./stackName.ts";

interface ImportOptions {
  readonly name: string;
  readonly files: readonly string[];
}

/** `gatebox import`: an old inventory becomes a stack file. */
export const importCommand: CommandModule<object, ImportOptions> = {
  command: "import <files..>",
  describe: "Write a stack file from an Ansible inventory in YAML",
  builder: (yargs) =>
    yargs
      .positional("files", {
        describe: "An inventory, files with the variables of a group or a host, or folders with such files",
        type: "string",
        array: true,
        demandOption: true,
      })
      .option("name", { describe: "Name of the stack", type: "string", demandOption: true, requiresArg: true })
      .example("$0 import --name mybox hosts.yml group_vars", "writes Pulumi.mybox.yaml, never over an existing one")
      .epilogue(
        "Variables stand in group_vars/GROUP.yml, GROUP/….yml or host_vars/HOST.yml. Of a folder, files in JSON and without an ending are read too; each file that is not read is named.",
      ),
  handler: ({ name, files }) => finish(importStack(name, files, here())),
};

/**
 * Imports an inventory. An existing stack file is never overwritten.
 *
 * @param here where relative paths begin and the stack file is written
 * @throws UsageError when the name is none.
 */
export function importStack(name: string, given: readonly string[], here: string): Ended {
  const file = stackFileName(name);
  try {
    const { files, skipped } = collectFiles(given, here);
    const { text, notes } = importInventory(files, skipped);
    writeFileSync(path.resolve(here, file), text, { flag: "wx" });
    const next = `Next: answer what it marks with ${FILL_IN}, until \`gatebox check ${file}\` finds nothing; then \`pulumi stack init ${name}\` and \`pulumi preview --diff\`.`;
    return { status: Status.Fine, message: `${notesText(notes)}${file} is written. ${next}\n` };
  } catch (error) {
    return { status: Status.Mistakes, message: refusal(error) };
  }
}

/** What a person reads of an error that is no mistake of this program. */
function refusal(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const code = "code" in error ? String(error.code) : "";
  if (code === "EEXIST") return `${error.message}\nNothing is written: move that file away, or give another --name.\n`;
  if (error instanceof InventoryError || /^E[A-Z]+$/.test(code)) return `${error.message}\nNothing is written.\n`;
  throw error;
}
