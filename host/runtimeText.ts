import { readFileSync } from "node:fs";

/** Where the runtime is installed on a host. */
export const RUNTIME_PATH = "/usr/local/lib/gatebox/unit.sh";

/** The runtime's last line: a text that was cut short on its way is not installed. */
export const RUNTIME_END = "# end of gatebox runtime";

/** The parts of the runtime, in the order in which they make up one script. */
const PARTS = [
  "preamble.sh",
  "payload.sh",
  "steps.sh",
  "tree.sh",
  "switch.sh",
  "guard.sh",
  "requests.sh",
  "status.sh",
  "records.sh",
  "packages.sh",
  "repositories.sh",
  "keys.sh",
  "unit.sh",
] as const;

/** The host's side of Gatebox as one POSIX shell script. */
export function runtimeText(): string {
  return PARTS.map((part) => readFileSync(new URL(`runtime/${part}`, import.meta.url), "utf8")).join("");
}
