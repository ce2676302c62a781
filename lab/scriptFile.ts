/** Shell scripts stand in files beside the code that runs them, so that shellcheck and an editor read the very text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The text of a script that runs where its file is not, such as in a host. What varies it gets as arguments.
 *
 * @param directory of the code that runs it: `import.meta.dirname`
 * @example
 * await execChecked(lab, "master-1", "adding a member", scriptFile(import.meta.dirname, "add-member.sh"), { args: [name] });
 */
export function scriptFile(directory: string, name: string): string {
  return readFileSync(join(directory, name), "utf8");
}
