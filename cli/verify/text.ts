/** The drift of a box for people. What hosts have said holds nothing that a terminal obeys. */
import { printable } from "../../box/printable.ts";
import { printedLine } from "../render/diffText.ts";
import type { BoxDrift, Drift, HostDrift, VirtualIpDrift } from "./drift.ts";
import type { ServicesDrift } from "./services.ts";

/** What a problem's word means. */
const words: Readonly<Record<string, string>> = {
  content: "changed by hand",
  unapplied: "not applied yet",
  undeclared: "no longer declared",
  missing: "missing",
  extra: "added by hand",
  mode: "another mode",
  owner: "another owner",
  type: "something else",
  foreign: "something else",
  masked: "masked",
  failed: "failed",
  stopped: "not running",
  disabled: "disabled",
  reload: "not read again",
  "drop-in": "a drop-in added by hand",
  replaced: "replaced by hand",
  value: "another value",
  older: "gone back to an older version",
  other: "another one",
  open: "a transaction is open",
};

/**
 * A table of hosts, and below it each difference with its diff.
 *
 * @example
 * // HOST       DIFFERENCES
 * // gateway-1  1
 * // gateway-2  0
 * //
 * // gateway-1: file gateway/haproxy/base.cfg: changed by hand
 * // @@ -3,1 +3,1 @@
 * // -    maxconn 20000
 * // +    maxconn 200
 */
export function driftText({ hosts, virtualIps, services }: BoxDrift): string {
  const width = Math.max(4, ...hosts.map(({ host }) => host.length));
  const rows = hosts.map((one) => `${one.host.padEnd(width)}  ${countOf(one)}\n`);
  const blocks = [...hosts.flatMap(blocksOf), ...virtualIps.map(holdersText), ...servicesText(services)];
  return [`${"HOST".padEnd(width)}  DIFFERENCES\n${rows.join("")}`, ...blocks].join("\n");
}

function countOf({ drifts, unknown }: HostDrift): string {
  if (unknown.length === 0) return String(drifts.length);
  return drifts.length === 0 ? "not known" : `${drifts.length}, not all is known`;
}

function blocksOf({ host, drifts, unknown }: HostDrift): string[] {
  return [
    ...drifts.map(
      (drift) => `${host}: ${driftLine(drift)}\n${drift.diff.map((line) => `${printedLine(line)}\n`).join("")}`,
    ),
    ...unknown.map((why) => `${host}: ? ${printable(why)}\n`),
  ];
}

/**
 * One difference in a line.
 *
 * @example driftLine(drift) // "file gateway/haproxy/base.cfg: changed by hand"
 */
export function driftLine({ kind, assembly, where, problem, detail }: Drift): string {
  const place =
    kind === "file" && assembly !== "" && where !== assembly && !where.startsWith("/") ? `${assembly}/` : "";
  const of = place === "" && assembly !== "" && where !== assembly ? ` (${assembly})` : "";
  const why = detail === "" ? "" : ` (${detail})`;
  return printable(`${kind} ${place}${where}${of}: ${words[problem] ?? problem}${why}`);
}

function servicesText({ drifts, unknown }: ServicesDrift): string[] {
  return [
    ...drifts.map(({ name, namespace, problem, detail }) => {
      const why = detail === "" ? "" : ` (${detail})`;
      return `${printable(`Service ${namespace}/${name}: ${words[problem] ?? problem}${why}`)}\n`;
    }),
    ...unknown.map((why) => `? ${printable(why)}\n`),
  ];
}

function holdersText({ name, address, holders }: VirtualIpDrift): string {
  const held = holders.length === 0 ? "nobody" : holders.join(" and ");
  return printable(`virtual IP ${name} (${address}): held by ${held}`) + "\n";
}
