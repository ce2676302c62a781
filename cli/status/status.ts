/** What is known of a box at one time, from its hosts and from its Prometheus. */
import { withoutSecrets } from "../../box/printable.ts";
import type { Box, Connection, Host, VirtualIp } from "../../box/model.ts";
import type { Visit } from "../ssh/visit.ts";
import type { HostDrift } from "../verify/drift.ts";
import { driftLine } from "../verify/text.ts";
import { mergedAlerts, type AlertsOfBox } from "./alerts.ts";
import { parseFacts, type HostFacts } from "./facts.ts";
import { changeOf, problemsOf, servesUsers, type Change, type Serves } from "./host.ts";
import { versionedPrograms } from "./question.ts";
import { parseServing, type RouteFact, type ServingFacts } from "./serving.ts";

/** One host of a box. */
export interface HostStatus {
  readonly host: string;
  readonly pools: readonly string[];
  /** Whether it serves those who use it. */
  readonly serves: Serves;
  /** Its assemblies that run. */
  readonly running: readonly string[];
  /** What is wrong, each in one line, what to do about it included. */
  readonly problems: readonly string[];
  /** The virtual IPs whose addresses it has. */
  readonly holds: readonly string[];
  /** Seconds since `gatebox drain` took it out of traffic; undefined where it is not drained. */
  readonly drainedAgo: number | undefined;
  /** Seconds since its last change by Gatebox; undefined where it is not known. */
  readonly changedAgo: number | undefined;
  /** What that change was. */
  readonly change: Change | undefined;
  readonly programs: readonly ProgramStatus[];
  /** Its routes, and how much of what is behind each it can reach. */
  readonly routes: readonly RouteFact[];
  readonly certificates: readonly CertificateStatus[];
  /** What is not as declared; undefined where that was not asked for. */
  readonly drift: DriftStatus | undefined;
}

/** A program, and the version of its package. */
export interface ProgramStatus {
  readonly program: string;
  readonly package: string;
  readonly version: string;
}

/** A certificate on a host. */
export interface CertificateStatus {
  /** The file, or `shown to clients`. */
  readonly where: string;
  /** Whole days that it is still valid, by this machine's clock; below 0 where it is not any more. */
  readonly days: number;
}

/** What `gatebox verify` finds on a host. */
export interface DriftStatus {
  /** Each difference in a line. */
  readonly found: readonly string[];
  /** What could not be compared, and why. */
  readonly unknown: readonly string[];
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
  /** When it was looked at, in milliseconds since 1970. */
  readonly at: number;
  readonly hosts: readonly HostStatus[];
  readonly virtualIps: readonly VirtualIpStatus[];
  readonly alerts: AlertsOfBox;
}

/** A host with what a visit to it has found. */
export interface Visited {
  readonly host: Host;
  readonly connection: Connection;
  /** Its first answer is that of `facts.sh`, the second one that of `host/serving.pl`. */
  readonly visit: Visit;
  /** What it differs in from what is declared, where that was asked for. */
  readonly drift?: HostDrift | undefined;
}

/** A host with what it has told. */
interface Told extends Visited {
  readonly facts: HostFacts | undefined;
  readonly serving: ServingFacts | undefined;
}

/**
 * Puts together what the hosts of a box have said.
 *
 * @param at milliseconds since 1970
 */
export function boxStatus(box: Box, visited: readonly Visited[], at: number): BoxStatus {
  const told = visited.map((one) => ({
    ...one,
    facts: parseFacts(one.visit.answer?.text ?? ""),
    serving: parseServing(one.visit.further?.[0]?.text ?? ""),
  }));
  return {
    box: box.name,
    at,
    hosts: told.map((one) => hostStatus(box, one, at)),
    virtualIps: Object.values(box.virtualIps).map((vip) => virtualIpStatus(box, vip, told)),
    alerts: mergedAlerts(
      told.flatMap(({ host, facts }) => (facts?.alerts ? [{ host: host.name, ...facts.alerts }] : [])),
    ),
  };
}

/** Whether anything in it needs a person. */
export function needsAttention({ hosts, virtualIps, alerts }: BoxStatus): boolean {
  return (
    hosts.some(({ problems, drift }) => problems.length > 0 || (drift?.found.length ?? 0) > 0) ||
    hosts.some(({ drift }) => (drift?.unknown.length ?? 0) > 0) ||
    virtualIps.some(({ problem }) => problem !== undefined) ||
    alerts.firing.length > 0 ||
    alerts.problems.length > 0
  );
}

function hostStatus(box: Box, { host, connection, visit, facts, serving, drift }: Told, at: number): HostStatus {
  const pools = Object.values(box.pools).filter(({ members }) => members.includes(host.name));
  const certificates = (serving?.certificates ?? []).map(({ where, until }) => ({
    where,
    days: Math.floor((until - at) / 86_400_000),
  }));
  return {
    host: host.name,
    pools: pools.map(({ name }) => name),
    serves: servesUsers(box, host, facts, serving),
    running: facts?.assemblies.flatMap(({ name, runs }) => (runs ? [name] : [])) ?? [],
    problems:
      facts === undefined
        ? [noAnswer(connection, visit)]
        : [...problemsOf({ box, host, facts, serving, certificates })].map(withoutSecrets),
    holds: Object.values(box.virtualIps).flatMap(({ name, address }) => (facts?.addresses.has(address) ? [name] : [])),
    ...changeOf(facts),
    programs: versionedPrograms(box, host).flatMap((one) => {
      const version = serving?.versions.get(one.package);
      return version === undefined ? [] : [{ ...one, version }];
    }),
    routes: serving?.routes ?? [],
    certificates,
    drift: drift && {
      found: drift.drifts.map((one) => withoutSecrets(driftLine(one))),
      unknown: drift.unknown.map(withoutSecrets),
    },
    drainedAgo: facts?.drained === undefined ? undefined : Math.max(0, (facts.clock ?? facts.drained) - facts.drained),
  };
}

function noAnswer({ user, address, port }: Connection, { stopped, answer }: Visit): string {
  if (stopped?.withoutAgent) return "nothing is known: there is no SSH agent with a key";
  if (stopped) return `${stopped.stage}: ${stopped.problem}; look: ssh -p ${port} ${user}@${address} true`;
  const said = withoutSecrets((answer?.errors ?? "").trim());
  return said === ""
    ? `logged in as ${user}, and nothing was answered; look: ssh -p ${port} ${user}@${address} sudo -n true`
    : `logged in as ${user}, and it says: ${said}`;
}

function virtualIpStatus(
  box: Box,
  { name, address, pool }: VirtualIp,
  told: readonly Pick<Told, "host" | "facts">[],
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
