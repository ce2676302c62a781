import { printable } from "../../box/printable.ts";
import { Level, type Finding, type Group } from "./finding.ts";

/** How many findings of a level there are. */
export function countOf(groups: readonly Group[], level: Level): number {
  return groups.flatMap(({ findings }) => findings).filter((finding) => finding.level === level).length;
}

/**
 * The findings for people: of each group what is fine in one line, then each thing that is not, with the way out below it. What
 * hosts and programs have said holds nothing that a terminal obeys.
 *
 * @example
 * // gateway-1 (root@192.168.1.11:22)
 * //   ✔ SSH, host key SHA256:…, log-in, root, Debian 12
 * //   ✖ clock: is 3600 s behind this machine's
 * //     → set it there: timedatectl set-ntp true
 */
export function reportText(groups: readonly Group[]): string {
  return groups.map(groupText).join("");
}

function groupText({ subject, at, findings }: Group): string {
  const passed = findings.filter(({ level }) => level === Level.Fine).map(({ message }) => printable(message));
  const others = [Level.Error, Level.Warning].flatMap((level) => findings.filter((finding) => finding.level === level));
  const lines = [
    printable(at === undefined ? subject : `${subject} (${at})`),
    ...(passed.length === 0 ? [] : [`  ✔ ${passed.join(", ")}`]),
    ...others.flatMap(problemLines),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function problemLines({ check, level, message, hint }: Finding): readonly string[] {
  const mark = level === Level.Error ? "✖" : "!";
  return [
    `  ${mark} ${printable(`${check}: ${message}`)}`,
    ...(hint === undefined ? [] : [`    → ${printable(hint)}`]),
  ];
}

/** The findings for machines: one object, its texts without what a terminal obeys. */
export function reportJson(box: string, groups: readonly Group[]): string {
  const findings = groups.flatMap(({ subject, at, findings }) =>
    findings.map((finding) => ({ subject, ...(at === undefined ? {} : { at }), ...finding })),
  );
  const clean = findings.map((finding) =>
    Object.fromEntries(Object.entries(finding).map(([key, text]) => [key, printable(text)])),
  );
  const counts = { errors: countOf(groups, Level.Error), warnings: countOf(groups, Level.Warning) };
  return `${JSON.stringify({ box, ...counts, findings: clean }, null, 2)}\n`;
}

/** How it has gone, in one line. */
export function summary(groups: readonly Group[], milliseconds: number): string {
  const count = (number: number, what: string): string =>
    `${number === 0 ? "no" : number} ${what}${number === 1 ? "" : "s"}`;
  const errors = countOf(groups, Level.Error);
  const next = errors > 0 ? "mend what is marked ✖ before `pulumi up`" : "`pulumi up` finds what it needs";
  const found = [count(errors, "error"), count(countOf(groups, Level.Warning), "warning")];
  return `${found.join(", ")} in ${(milliseconds / 1000).toFixed(1)} s: ${next}\n`;
}
