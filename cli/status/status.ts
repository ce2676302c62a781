/** What is known of a box at one time, from its hosts and from its Prometheus. */
import type { Box, Connection, Host, VirtualIp } from "../../box/model.ts";
import { registry } from "../../render/registry.ts";
import type { Visit } from "../ssh/visit.ts";
import { mergedAlerts, type AlertsOfBox } from "./alerts.ts";
import { parseFacts, type HostFacts } from "./facts.ts";

/** One host of a box. */
export interface HostStatus {
  readonly host: string;
  readonly pools: readonly string[];
  /** Its assemblies that run. */
  readonly running: readonly string[];
  /** What is wrong, each in one line, what to do about it included. */
  readonly problems: readonly string[];
  /** The virtual IPs whose addresses it has. */
  readonly holds: readonly string[];
  /** Seconds since its last change by Gatebox; undefined where it is not known. */
  readonly changedAgo: number | undefined;
}

/** One virtual IP of a box. */
export interface VirtualIpStatus {
  readonly name: string;
  readonly address: string;
  readonly holders: readonly string[];
  readonly problem: string | undefined;
}

/** A whole box. */
export interface BoxStatus {
  readonly box: string;
  readonly hosts: readonly HostStatus[];
  readonly virtualIps: readonly VirtualIpStatus[];
  readonly alerts: AlertsOfBox;
}

/** A host with what a visit to it has found. */
export interface Visited {
  readonly host: Host;
  readonly connection: Connection;
  readonly visit: Visit;
}

/** Puts together what the hosts of a box have said. */
export function boxStatus(box: Box, visited: readonly Visited[]): BoxStatus {
  const told = visited.map((one) => ({ ...one, facts: parseFacts(one.visit.answer?.text ?? "") }));
  return {
    box: box.name,
    hosts: told.map(({ host, connection, visit, facts }) => hostStatus(box, host, connection, visit, facts)),
    virtualIps: Object.values(box.virtualIps).map((vip) => virtualIpStatus(box, vip, told)),
    alerts: mergedAlerts(
      told.flatMap(({ host, facts }) => (facts?.alerts ? [{ host: host.name, ...facts.alerts }] : [])),
    ),
  };
}

/** Whether anything in it needs a person. */
export function needsAttention({ hosts, virtualIps, alerts }: BoxStatus): boolean {
  return (
    hosts.some(({ problems }) => problems.length > 0) ||
    virtualIps.some(({ problem }) => problem !== undefined) ||
    alerts.firing.length > 0 ||
    alerts.problems.length > 0
  );
}

function hostStatus(
  box: Box,
  host: Host,
  connection: Connection,
  visit: Visit,
  facts: HostFacts | undefined,
): HostStatus {
  const pools = Object.values(box.pools).filter(({ members }) => members.includes(host.name));
  const expected = registry.assembliesOf(box, host).map(({ name }) => name);
  const changes = facts?.assemblies.map(({ changed }) => changed) ?? [];
  const clock = facts?.clock;
  return {
    host: host.name,
    pools: pools.map(({ name }) => name),
    running: facts?.assemblies.flatMap(({ name, runs }) => (runs ? [name] : [])) ?? [],
    problems: facts === undefined ? [noAnswer(connection, visit)] : [...problemsOf(facts, expected)],
    holds: Object.values(box.virtualIps).flatMap(({ name, address }) => (facts?.addresses.has(address) ? [name] : [])),
    changedAgo: clock === undefined || changes.length === 0 ? undefined : Math.max(0, clock - Math.max(...changes)),
  };
}

function noAnswer({ user, address, port }: Connection, { stopped, answer }: Visit): string {
  if (stopped?.withoutAgent) return "nothing is known: there is no SSH agent with a key";
  if (stopped) return `${stopped.stage}: ${stopped.problem}; look: ssh -p ${port} ${user}@${address} true`;
  const said = (answer?.errors ?? "").trim();
  return said === ""
    ? `logged in as ${user}, and nothing was answered; look: ssh -p ${port} ${user}@${address} sudo -n true`
    : `logged in as ${user}, and it says: ${said}`;
}

function* problemsOf({ assemblies, whole }: HostFacts, expected: readonly string[]): Generator<string> {
  for (const { name, failure, interrupted } of assemblies) {
    if (failure !== undefined) yield `${name}: ${failure}; look there: systemctl status ${failure.split(" ")[0] ?? ""}`;
    if (interrupted) yield `${name}: a transaction is open; if no \`up\` is under way, the next one mends it`;
  }
  if (!whole) {
    yield "did not tell all of itself in time: look at its load";
    return;
  }
  const known = new Set(assemblies.map(({ name }) => name));
  const missing = expected.filter((name) => !known.has(name));
  if (missing.length > 0) yield `not applied: ${missing.join(", ")}; \`pulumi up\` does it`;
}

function virtualIpStatus(
  box: Box,
  { name, address, pool }: VirtualIp,
  told: readonly { readonly host: Host; readonly facts: HostFacts | undefined }[],
): VirtualIpStatus {
  const members = told.filter(({ host }) => box.pools[pool]?.members.includes(host.name));
  const holders = members.filter(({ facts }) => facts?.addresses.has(address)).map(({ host }) => host.name);
  const silent = members.filter(({ facts }) => facts === undefined).map(({ host }) => host.name);
  return { name, address, holders, problem: holderProblem(holders, silent) };
}

function holderProblem(holders: readonly string[], silent: readonly string[]): string | undefined {
  if (holders.length > 1) return `held by ${holders.join(" and ")}: they do not hear each other's VRRP`;
  if (holders.length === 1) return undefined;
  return silent.length > 0
    ? `held by nobody who answered (${silent.join(", ")} did not)`
    : "held by nobody: see what its hosts lack";
}
