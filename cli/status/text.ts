/** The status of a box for people. What hosts and Prometheus have said holds nothing that a terminal obeys. */
import { printable } from "../../box/printable.ts";
import type { AlertsOfBox, FiringAlert } from "./alerts.ts";
import type { BoxStatus, HostStatus, VirtualIpStatus } from "./status.ts";
import {
  certificatesWords,
  changedWords,
  driftWords,
  duration,
  lackingRoutes,
  routesWords,
  servesWords,
  versionRows,
  type LackingRoute,
  type VersionRow,
} from "./words.ts";

/** More assemblies than this are counted and not named, so that a row fits a terminal. */
const mostNamed = 3;

/** More routes than this are counted: what is behind all of them is one thing, mostly. */
const mostRoutes = 20;

/** One row, and what is said below it. */
interface Row {
  readonly cells: readonly string[];
  readonly below?: readonly string[];
}

/**
 * Tables: hosts, virtual IPs, routes that lack something, programs, alerts.
 *
 * @example
 * // HOST         POOLS            SERVES  RUNS                   HOLDS  ROUTES    CERTIFICATE  CHANGED
 * // webserver-1  webservers-pool  yes     9 programs             edge   12 of 12  364 d        12 min ago (webserver)
 * // webserver-2  webservers-pool  no      8 programs, see below  –      12 of 12  364 d        12 min ago (webserver)
 * //   ✖ webserver: nginx.service is inactive; look there: systemctl status nginx.service
 */
export function statusText(box: BoxStatus): string {
  const lacking = lackingRoutes(box);
  const versions = versionRows(box);
  const tables = [
    hostsTable(box.hosts),
    ...(box.virtualIps.length === 0 ? [] : [table(["ADDRESS", "IP", "HOLDER"], box.virtualIps.map(virtualIpRow))]),
    ...(lacking.length === 0 ? [] : [routesTable(lacking)]),
    ...(versions.length === 0 ? [] : [table(["PROGRAM", "PACKAGE", "VERSION", "HOSTS"], versions.map(versionRow))]),
    alertsText(box.alerts, box.at),
  ];
  return tables.join("\n");
}

function hostsTable(hosts: readonly HostStatus[]): string {
  const isCompared = hosts.some(({ drift }) => drift !== undefined);
  const head = ["HOST", "POOLS", "SERVES", "RUNS", "HOLDS", "ROUTES", "CERTIFICATE", "CHANGED"];
  return table(
    isCompared ? [...head, "DRIFT"] : head,
    hosts.map((one) => hostRow(one, isCompared)),
  );
}

function hostRow(status: HostStatus, isCompared: boolean): Row {
  const { host, pools, serves, running, problems, holds, drainedAgo, drift } = status;
  return {
    cells: [
      host,
      pools.join(", "),
      servesWords[serves].word,
      runs(running, problems),
      holds.join(", ") || "–",
      routesWords(status),
      certificatesWords(status),
      changedWords(status),
      ...(isCompared ? [driftWords(drift)] : []),
    ],
    below: [
      ...(drainedAgo === undefined
        ? []
        : [`drained ${duration(drainedAgo)} ago; it takes traffic again with: gatebox undrain ${host}`]),
      ...problems.map((problem) => `✖ ${problem}`),
      ...(drift?.found ?? []).map((one) => `≠ ${one}`),
      ...(drift?.unknown ?? []).map((why) => `? not compared: ${why}`),
    ],
  };
}

function runs(running: readonly string[], problems: readonly string[]): string {
  if (running.length === 0) return "nothing";
  const names = running.length > mostNamed ? `${running.length} programs` : running.join(", ");
  return problems.length === 0 ? names : `${names}, see below`;
}

function virtualIpRow({ name, address, holders, problem }: VirtualIpStatus): Row {
  return {
    cells: [name, address, holders.join(", ") || "–"],
    below: problem === undefined ? [] : [`✖ ${problem}`],
  };
}

function routesTable(lacking: readonly LackingRoute[]): string {
  const rows = lacking.slice(0, mostRoutes).map(({ route, host, up, of }) => ({
    cells: [route, host, `${up} of ${of}${up === 0 ? ", down" : ""}`],
  }));
  const more = lacking.length > mostRoutes ? `… and ${lacking.length - mostRoutes} more; --json has all of them\n` : "";
  return `${table(["ROUTE", "SEEN FROM", "REACHED"], rows)}${more}`;
}

function versionRow({ program, package: of, version, hosts }: VersionRow): Row {
  const named = hosts.length > mostNamed ? `${hosts.length} hosts` : hosts.join(", ");
  return { cells: [program, of, version, named] };
}

function alertsText({ from, firing, problems }: AlertsOfBox, now: number): string {
  const troubles = problems.map((problem) => `✖ ${printable(problem)}\n`).join("");
  if (from.length === 0)
    return troubles === "" ? "Alerts are not known: no host runs a Prometheus of this stack's.\n" : troubles;
  const source = `(Prometheus on ${from.join(", ")})`;
  if (firing.length === 0) return `${troubles}No alert fires ${printable(source)}.\n`;
  return (
    troubles +
    table(
      ["ALERT", "SEVERITY", "FOR", "ABOUT"],
      firing.map((alert) => alertRow(alert, now)),
    )
  );
}

function alertRow({ name, severity, since, about, summary }: FiringAlert, now: number): Row {
  return {
    cells: [name, severity || "–", duration((now - since) / 1000), about || "–"],
    below: summary === "" ? [] : [summary],
  };
}

/** Columns as wide as their widest cell; the last one has no end. */
function table(head: readonly string[], rows: readonly Row[]): string {
  const clean = [{ cells: head, below: [] }, ...rows].map(({ cells, below = [] }) => ({
    cells: cells.map(printable),
    below: below.map(printable),
  }));
  const widths = head.map((_, column) => Math.max(...clean.map(({ cells }) => (cells[column] ?? "").length)));
  return clean
    .flatMap(({ cells, below }) => [
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
      ...below.map((line) => `  ${line}`),
    ])
    .map((line) => `${line}\n`)
    .join("");
}
