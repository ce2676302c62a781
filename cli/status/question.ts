import { script } from "../../render/script.ts";
import { limits } from "../limits.ts";
import { firstLine } from "./facts.ts";

/** Root's part of a host is asked by root: as `up` does it, with sudo where the user is another. */
const asRoot = `if [ "$(id -u)" = 0 ]; then exec sh -s; else exec sudo -n sh -s; fi`;

/** What every host is asked: one constant script, which arrives by standard input and ends by itself. */
export const statusQuestion = {
  command: `timeout -k 1 ${limits.answerSeconds} sh -c '${asRoot}'`,
  script: script(import.meta.dirname, "facts.sh"),
  mark: firstLine,
} as const;
