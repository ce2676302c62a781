/** The status of a box for people. What hosts and Prometheus have said holds nothing that a terminal obeys. */
import { printable } from "../../box/printable.ts";
import type { AlertsOfBox, FiringAlert } from "./alerts.ts";
import type { BoxStatus, HostStatus, VirtualIpStatus } from "./status.ts";

/** More assemblies than this are counted and not named, so that a row fits a terminal. */
const MOST_NAMED = 3;

/** One row, and what is said below it. */
interface Row {
  readonly cells: readonly string[];
  readonly below?: readonly string[];
}

/**
 * Three tables: hosts, virtual IPs, alerts.
 *
 * @param now milliseconds since 1970
 * @example
 * // HOST         POOLS            RUNS                   HOLDS  CHANGED
 * // webserver-1  webservers-pool  9 programs             edge   12 min ago
 * // webserver-2  webservers-pool  8 programs, see below  –      12 min ago
 * //   ✖ webserver: nginx.service is inactive; look there: systemctl status nginx.service
 */
export function statusText({ hosts, virtualIps, alerts }: BoxStatus, now: number): string {
  const tables = [
    table(["HOST", "POOLS", "RUNS", "HOLDS", "CHANGED"], hosts.map(hostRow)),
    ...(virtualIps.length === 0 ? [] : [table(["ADDRESS", "IP", "HOLDER"], virtualIps.map(virtualIpRow))]),
    alertsText(alerts, now),
  ];
  return tables.join("\n");
}

function hostRow({ host, pools, running, problems, holds, changedAgo }: HostStatus): Row {
  return {
    cells: [
      host,
      pools.join(", "),
      runs(running, problems),
      holds.join(", ") || "–",
      changedAgo === undefined ? "–" : `${duration(changedAgo)} ago`,
    ],
    below: problems.map((problem) => `✖ ${problem}`),
  };
}

function runs(running: readonly string[], problems: readonly string[]): string {
  if (running.length === 0) return "nothing";
  const names = running.length > MOST_NAMED ? `${running.length} programs` : running.join(", ");
  return problems.length === 0 ? names : `${names}, see below`;
}

function virtualIpRow({ name, address, holders, problem }: VirtualIpStatus): Row {
  return {
    cells: [name, address, holders.join(", ") || "–"],
    below: problem === undefined ? [] : [`✖ ${problem}`],
  };
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

/** A time as people say it: `40 s`, `12 min`, `3 h`, `5 d`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3600)} h`;
  return `${Math.round(whole / 86_400)} d`;
}
