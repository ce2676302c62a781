/** The status of the Protobox, as its hosts would tell it. */
import assert from "node:assert/strict";
import type { Visit } from "../../../cli/ssh/visit.ts";
import { boxStatus, type BoxStatus } from "../../../cli/status/status.ts";
import type { HostDrift } from "../../../cli/verify/drift.ts";
import { registry } from "../../../render/registry.ts";
import { parseProtobox } from "../../box/parsing.ts";

/** Seconds since 1970 at which it is looked at. */
export const NOW = 1_796_100_000;

export const box = parseProtobox();

/** The lines that a host of the Protobox prints where all is well; it holds the addresses named. */
export function wellLines(host: string, addresses: readonly string[]): string[] {
  const assemblies = registry.assembliesOf(box, box.hosts[host] ?? assert.fail(host)).map(({ name }) => name);
  return [
    "gatebox-status 1",
    `clock ${NOW}`,
    ...addresses.map((address) => `address ${address}`),
    ...assemblies.flatMap((name) => [`assembly ${name} ${NOW - 600}`, `runs ${name}`]),
    "end",
  ];
}

const answerOf = (lines: readonly string[]) => ({ text: `${lines.join("\n")}\n`, errors: "", sent: 0 });

/** What a host says of what it serves, where all is well; `more` are further lines. */
export function servingLines(host: string, more: readonly string[] = []): string[] {
  const serving = registry.assembliesOf(box, box.hosts[host] ?? assert.fail(host)).filter(({ serves }) => serves);
  return ["gatebox-serving 1", ...serving.map(({ name }) => `well\t${name}`), ...more, "end"];
}

/** A visit to a host; what it serves is well where nothing else is said. */
export const answered = (lines: readonly string[], serving = ["gatebox-serving 1", "well\tgateway", "end"]): Visit => ({
  answer: answerOf(lines),
  further: [answerOf(serving)],
});

/** The status of the Protobox where all is well, but for the visits and the drift named. */
export function statusWith(
  changed: Readonly<Record<string, Visit>> = {},
  drifts: Readonly<Record<string, HostDrift>> = {},
): BoxStatus {
  const holderOf = (pool: string): string => box.pools[pool]?.members[0] ?? "";
  const visited = Object.values(box.hosts).flatMap((host) => {
    const { connection, name } = host;
    if (connection === undefined) return [];
    const held = Object.values(box.virtualIps).filter(({ pool }) => holderOf(pool) === name);
    const lines = wellLines(
      name,
      held.map(({ address }) => address),
    );
    return [{ host, connection, visit: changed[name] ?? answered(lines, servingLines(name)), drift: drifts[name] }];
  });
  return boxStatus(box, visited, NOW * 1000);
}

/** What the status says of one host. */
export const rowOf = ({ hosts }: BoxStatus, name: string) =>
  hosts.find(({ host }) => host === name) ?? assert.fail(name);

/** The status with a host that says these words wherever it can. */
export function saying(words: string): BoxStatus {
  const said = words.replace(/[\r\n\t]/g, "");
  const lines = wellLines("gateway-2", []).slice(0, -1);
  const more = [
    `version\thaproxy\t1${said}`,
    `route\tgateway\tx${said}\t0\t1`,
    `certificate\tx${said}\tNov  3 07:05:09 2027 GMT`,
    `unknown\tx\t${said}`,
  ];
  const alert = { labels: { alertname: `x${said}`, severity: said, host: said }, state: "firing", activeAt: "2026-01-02T03:04:05Z", annotations: { summary: said } }; // prettier-ignore
  const alerts = JSON.stringify({ status: "success", data: { alerts: [alert] } });
  const drift = { kind: "file", assembly: "gateway", unit: "", where: said, problem: said, detail: said, diff: [] };
  const said2 = [`fails gateway x${said}`, `unit gateway x${said}`, `alerts ${alerts}`, "end"];
  return statusWith(
    { "gateway-2": answered([...lines, ...said2], servingLines("gateway-2", more)) },
    { "gateway-2": { host: "gateway-2", drifts: [drift], unknown: [said] } },
  );
}
