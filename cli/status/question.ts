import { script } from "../../render/script.ts";
import { firstLine } from "./facts.ts";

/** Root's part of a host is asked by root: as `up` does it, with sudo where the user is another. */
const asRoot = `if [ "$(id -u)" = 0 ]; then exec sh -s; else exec sudo -n sh -s; fi`;

/** How long a host that can be entered is waited for: its probes come one after the other, and on a busy host take seconds. */
export const statusLimits = {
  /** Milliseconds for its answer beside those of the way to it. */
  patience: 25_000,
  /** Seconds that it may take on the host itself: it must end before the visit does. */
  answerSeconds: 24,
} as const;

/** What every host is asked: one constant script, which arrives by standard input and ends by itself. */
export const statusQuestion = {
  command: `timeout -k 1 ${statusLimits.answerSeconds} sh -c '${asRoot}'`,
  script: script(import.meta.dirname, "facts.sh"),
  mark: firstLine,
} as const;
