import type { CommandModule } from "yargs";
import { finish, Status, type Ended } from "./ended.ts";
import { here } from "./here.ts";
import { mistakeLine, Severity, type Mistake } from "./stackFile/mistake.ts";
import { inspectOnDisk } from "./stackFile/onDisk.ts";

interface CheckOptions {
  readonly files: readonly string[];
  readonly json: boolean;
}

/** `gatebox check`: every mistake of stack files, for editors and commit hooks. */
export const checkCommand: CommandModule<object, CheckOptions> = {
  command: "check <files..>",
  describe: "Report every mistake of stack files, with line and column",
  builder: (yargs) =>
    yargs
      .positional("files", {
        describe: "Stack files, Pulumi.STACK.yaml",
        type: "string",
        array: true,
        demandOption: true,
      })
      .option("json", { describe: "Print a list of objects in JSON", type: "boolean", default: false })
      .example("$0 check Pulumi.mybox.yaml", "FILE:LINE:COLUMN: path: message, a line for each mistake")
      .epilogue(
        "It needs no Pulumi engine, no hosts, no host keys and no cluster. What it finds a preview would refuse; warnings pass.",
      ),
  handler: ({ files, json }) => finish(check(files, { json, here: here() })),
};

/**
 * Checks stack files by the rules of a preview.
 *
 * @param files as the person has named them, relative to `here`
 */
export function check(
  files: readonly string[],
  { json, here }: { readonly json: boolean; readonly here: string },
): Ended {
  const mistakes = files.flatMap((file) => inspectOnDisk(file, here).mistakes);
  const errors = mistakes.filter(({ severity }) => severity === Severity.Error).length;
  const status = errors > 0 ? Status.Mistakes : Status.Fine;
  if (json) return { status, output: `${JSON.stringify(mistakes, null, 2)}\n` };
  const lines = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`);
  return { status, output: lines.join(""), message: summary(files.length, errors, mistakes) };
}

function summary(files: number, errors: number, mistakes: readonly Mistake[]): string {
  const count = (number: number, what: string): string =>
    `${number === 0 ? "no" : number} ${what}${number === 1 ? "" : "s"}`;
  const warnings = mistakes.length - errors;
  const found = [count(errors, "mistake"), ...(warnings > 0 ? [count(warnings, "warning")] : [])];
  return `${count(files, "stack file")}: ${found.join(", ")}\n`;
}
