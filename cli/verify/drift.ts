/** What of a box is not as its stack file declares it. */
import type { Box, Connection, Host, VirtualIp } from "../../box/model.ts";
import { hunksOf } from "../render/differences.ts";
import type { Visit } from "../ssh/visit.ts";
import { addressDrifts } from "./addresses.ts";
import { parseAnswer, type Answer, type ToldDrift } from "./answer.ts";
import type { HostDeclaration } from "./declaration.ts";
import { noServices, type ServicesDrift } from "./services.ts";

/** One difference on one host. */
export interface Drift extends Omit<ToldDrift, "there" | "declared"> {
  /** The hunks of a unified diff, from what is declared to what is there. Empty where there is no text, or it is not told. */
  readonly diff: readonly string[];
}

/** One host of a box. */
export interface HostDrift {
  readonly host: string;
  readonly drifts: readonly Drift[];
  /** What could not be compared, and why. */
  readonly unknown: readonly string[];
}

/** A virtual IP that nobody has, or several. */
export interface VirtualIpDrift {
  readonly name: string;
  readonly address: string;
  readonly holders: readonly string[];
}

/** A whole box. */
export interface BoxDrift {
  readonly box: string;
  readonly hosts: readonly HostDrift[];
  readonly virtualIps: readonly VirtualIpDrift[];
  /** Its Services in the cluster. */
  readonly services: ServicesDrift;
}

/** A host with what it is compared with, and what a visit to it has found. */
export interface Compared {
  readonly host: Host;
  readonly connection: Connection;
  readonly declaration: HostDeclaration;
  readonly visit: Visit;
}

/** Puts together what the hosts of a box have said. */
export function boxDrift(box: Box, compared: readonly Compared[], services: ServicesDrift = noServices): BoxDrift {
  const told = compared.map((one) => ({ ...one, answer: parseAnswer(one.visit.answer?.text ?? "") }));
  const whole = told.filter(({ answer }) => answer?.whole);
  const addresses = new Map(
    whole.map(({ host, answer }) => [host.name, new Set(answer?.addresses.map(({ address }) => address))]),
  );
  return {
    box: box.name,
    hosts: told.map((one) => ({
      host: one.host.name,
      drifts: driftsOf(box, one, one.answer),
      unknown: unknownOf(one, one.answer),
    })),
    virtualIps: Object.values(box.virtualIps).flatMap((vip) => holdersDrift(box, vip, addresses)),
    services,
  };
}

/** Whether anything differs. */
export function hasDrift({ hosts, virtualIps, services }: BoxDrift): boolean {
  return virtualIps.length > 0 || services.drifts.length > 0 || hosts.some(({ drifts }) => drifts.length > 0);
}

/** Whether anything could not be compared. */
export function isIncomplete({ hosts, services }: BoxDrift): boolean {
  return services.unknown.length > 0 || hosts.some(({ unknown }) => unknown.length > 0);
}

function driftsOf(box: Box, { host, declaration }: Compared, answer: Answer | undefined): Drift[] {
  const own = (answer?.drifts ?? []).map(({ there, declared, ...told }) => {
    const wanted = declared ?? declaration.texts.get(`${told.assembly}/${sourceOf(told)}`);
    const diff = there === undefined || wanted === undefined ? [] : hunksOf(wanted, there);
    return { ...told, diff };
  });
  return [...own, ...addressDrifts(box, host, answer?.addresses ?? [])];
}

/** Of a copy the detail ends with the file that it is to be a copy of. */
function sourceOf({ kind, where, detail }: ToldDrift): string {
  return kind === "link" ? detail.slice(detail.lastIndexOf(" ") + 1) : where;
}

function unknownOf({ connection, visit }: Compared, answer: Answer | undefined): readonly string[] {
  if (answer !== undefined)
    return answer.whole
      ? answer.unknown
      : [...answer.unknown, "it did not tell all of itself in time: look at its load"];
  const { user, address, port } = connection;
  const { stopped } = visit;
  if (stopped?.withoutAgent) return ["not looked at: there is no SSH agent with a key"];
  if (stopped)
    return [`not looked at: ${stopped.stage}: ${stopped.problem}; look: ssh -p ${port} ${user}@${address} true`];
  const said = (visit.answer?.errors ?? "").trim();
  return [`not looked at: logged in as ${user}, and ${said === "" ? "nothing was answered" : `it says: ${said}`}`];
}

/** Nobody is said to have an address only where everybody was asked who might. */
function holdersDrift(
  box: Box,
  { name, address, pool }: VirtualIp,
  addresses: ReadonlyMap<string, ReadonlySet<string>>,
): VirtualIpDrift[] {
  const members = box.pools[pool]?.members ?? [];
  const holders = members.filter((member) => addresses.get(member)?.has(address));
  const areAllKnown = members.every((member) => addresses.has(member));
  return holders.length > 1 || (holders.length === 0 && areAllKnown) ? [{ name, address, holders }] : [];
}
