/** What the table in a terminal and the page say in the same words. */
import { Serves } from "./host.ts";
import type { BoxStatus, CertificateStatus, DriftStatus, HostStatus } from "./status.ts";

/** Signs beside the words, so that no state is told by its colour alone. */
export const servesWords: Readonly<Record<Serves, { readonly sign: string; readonly word: string }>> = {
  [Serves.Yes]: { sign: "✔", word: "yes" },
  [Serves.No]: { sign: "✖", word: "no" },
  [Serves.Drained]: { sign: "‖", word: "drained" },
  [Serves.Unknown]: { sign: "?", word: "not known" },
};

/** A time as people say it: `40 s`, `12 min`, `3 h`, `5 d`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3600)} h`;
  return `${Math.round(whole / 86_400)} d`;
}

/** `12 of 12`: routes behind which something can be reached. "–" where the host has none. */
export function routesWords({ routes }: HostStatus): string {
  return routes.length === 0 ? "–" : `${routes.filter(({ up }) => up > 0).length} of ${routes.length}`;
}

/** `364 d`: until the first of its certificates ends. */
export function certificatesWords({ certificates }: HostStatus): string {
  const [first] = [...certificates].sort((one, other) => one.days - other.days);
  return first === undefined ? "–" : daysWords(first);
}

/** A certificate that is to last for ever ends in the year 9999. */
export function daysWords({ days }: CertificateStatus): string {
  if (days < 0) return "ended";
  return days > 100 * 366 ? "no end" : `${days} d`;
}

/** `12 min ago (gateway)`. */
export function changedWords({ changedAgo, change }: HostStatus): string {
  if (changedAgo === undefined) return "–";
  return `${duration(changedAgo)} ago${change === undefined ? "" : ` (${change.assembly})`}`;
}

/** `3`, `0, not all is known`. */
export function driftWords(drift: DriftStatus | undefined): string {
  if (drift === undefined) return "not known";
  const { found, unknown } = drift;
  if (unknown.length === 0) return String(found.length);
  return found.length === 0 ? "not known" : `${found.length}, not all is known`;
}

/** A version of a program, and who has it. */
export interface VersionRow {
  readonly program: string;
  readonly package: string;
  readonly version: string;
  readonly hosts: readonly string[];
}

/** The programs of all hosts; one that is there in two versions is there twice. */
export function versionRows({ hosts }: BoxStatus): readonly VersionRow[] {
  const rows = new Map<string, VersionRow>();
  for (const { host, programs } of hosts)
    for (const { program, package: of, version } of programs) {
      const key = JSON.stringify([of, version]);
      const known = rows.get(key);
      rows.set(key, {
        program: known?.program ?? program,
        package: of,
        version,
        hosts: [...(known?.hosts ?? []), host],
      });
    }
  return [...rows.values()].sort((one, other) => one.program.localeCompare(other.program, "en") || one.version.localeCompare(other.version, "en")); // prettier-ignore
}

/** A route behind which not all can be reached from a host. */
export interface LackingRoute {
  readonly route: string;
  readonly host: string;
  readonly up: number;
  readonly of: number;
}

/** Such routes of all hosts. */
export function lackingRoutes({ hosts }: BoxStatus): readonly LackingRoute[] {
  return hosts.flatMap(({ host, routes }) =>
    routes.flatMap(({ name, up, of }) => (up < of || of === 0 ? [{ route: name, host, up, of }] : [])),
  );
}

/** A sentence about all of it. */
export function summary(box: BoxStatus): string {
  const { hosts, virtualIps, alerts } = box;
  const wrong = hosts.filter(({ problems, drift }) => problems.length > 0 || (drift?.found.length ?? 0) > 0).length;
  const parts = [
    `${hosts.filter(({ serves }) => serves === Serves.Yes).length} of ${hosts.length} hosts serve`,
    ...(wrong === 0 ? [] : [`${wrong} ${wrong === 1 ? "needs" : "need"} a look`]),
    `${virtualIps.filter(({ holders }) => holders.length === 1).length} of ${virtualIps.length} virtual IPs have one holder`,
    alerts.from.length === 0
      ? "alerts are not known"
      : alerts.firing.length === 1
        ? "1 alert fires"
        : `${alerts.firing.length} alerts fire`,
  ];
  return `${parts.join(", ")}.`;
}
