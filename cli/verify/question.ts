/** What `gatebox verify` asks a host: one constant script, and behind its end what is declared for that host. */
import { readFileSync } from "node:fs";
import { verifyLimits } from "./limits.ts";

/** The parts of the script, in the order in which they make it up. */
const PARTS = ["begin.pl", "files.pl", "system.pl"] as const;

/** The script, which arrives by standard input: nothing of it is written on the host. */
export function verifyScript(): string {
  return PARTS.map((part) => readFileSync(new URL(`host/${part}`, import.meta.url), "utf8")).join("");
}

/** The script with the declaration of one host, a thing in a line. */
export function questionFor(lines: readonly string[]): string {
  return `${verifyScript()}__END__\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** Root's part of a host is asked by root: as `up` does it, with sudo where the user is another. */
const asRoot = `if [ "$(id -u)" = 0 ]; then exec perl -; else exec sudo -n perl -; fi`;

/** What the login shell of each host starts. */
export const verifyCommand = `timeout -k 1 ${verifyLimits.answerSeconds} sh -c '${asRoot}'`;
