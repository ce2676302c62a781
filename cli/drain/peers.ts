/** Whether the others of a pool serve what a host would no longer. */
import type { Box, Host } from "../../box/model.ts";
import type { Registry } from "../../render/assembly.ts";
import { hasAssembly } from "../../render/registryOf.ts";
import { vipsOfHost } from "../../render/vip/onHost.ts";
import type { Readiness, Told } from "./readiness.ts";

/** Something that a host does for clients, and the other hosts that do it too. */
interface Service {
  /** As a sentence has it: `the virtual IP edge`, `gateway`. */
  readonly what: string;
  readonly others: readonly string[];
  /** Why a host that answers does not do it now; undefined where it does. */
  readonly lacks: (readiness: Readiness) => string | undefined;
}

function servicesOf(box: Box, host: Host, registry: Registry): Service[] {
  const assemblies = registry.assembliesOf(box, host);
  const vips = vipsOfHost(box, host).map((vip) => {
    const trackers = assemblies.filter(({ tracking }) => tracking?.(box, host, vip) !== undefined);
    const needs = ["vip", ...trackers.map(({ name }) => name)];
    return {
      what: `the virtual IP ${vip.name}`,
      others: Object.keys(vip.priorities).filter((other) => other !== host.name),
      lacks: (readiness: Readiness) =>
        needs.flatMap((one) => failureOf(readiness, one) ?? [])[0] ?? unfit(readiness, vip.name),
    };
  });
  const served = assemblies
    .filter(({ clients }) => (clients?.(box, host) ?? []).length > 0)
    .map((assembly) => ({
      what: assembly.name,
      others: Object.values(box.hosts)
        .filter((other) => other.name !== host.name && hasAssembly(assembly, box, other))
        .map(({ name }) => name),
      lacks: (readiness: Readiness) => failureOf(readiness, assembly.name),
    }));
  return [...vips, ...served];
}

function unfit({ couldHold }: Readiness, vip: string): string | undefined {
  return couldHold.has(vip) ? undefined : `cannot hold ${vip}`;
}

function failureOf({ works, fails }: Readiness, assembly: string): string | undefined {
  if (works.has(assembly)) return undefined;
  return `${assembly}: ${fails.get(assembly) ?? "not known"}`;
}

/** The hosts that are asked before a host is taken out of traffic, each once. */
export function peersOf(box: Box, host: Host, registry: Registry): Host[] {
  const names = new Set(servicesOf(box, host, registry).flatMap(({ others }) => others));
  return Object.values(box.hosts).filter(({ name }) => names.has(name));
}

/**
 * What nobody would serve without a host: a sentence for each, with what is wrong with each other host. Empty where all of it is served.
 */
export function lackingWithout(box: Box, host: Host, told: Told, registry: Registry): string[] {
  return servicesOf(box, host, registry).flatMap(({ what, others, lacks }) => {
    const reasons = others.map((other) => ({ other, reason: reasonOf(told.get(other), lacks) }));
    if (reasons.some(({ reason }) => reason === undefined)) return [];
    if (reasons.length === 0) return [`${what}: no other host has it`];
    return [`${what}: ${reasons.map(({ other, reason }) => `${other}: ${reason ?? ""}`).join("; ")}`];
  });
}

function reasonOf(one: Readiness | string | undefined, lacks: Service["lacks"]): string | undefined {
  if (one === undefined) return "was not asked";
  if (typeof one === "string") return one;
  if (one.isDrained) return "is drained";
  if (one.isBeingDrained) return "is about to be drained, by somebody else";
  return lacks(one);
}

/** What belongs to each host for itself: nobody else misses it while it is away. */
export function aloneOn(box: Box, host: Host, registry: Registry): string[] {
  return registry
    .assembliesOf(box, host)
    .filter((assembly) =>
      Object.values(box.hosts).every((other) => other.name === host.name || !hasAssembly(assembly, box, other)),
    )
    .map(({ name }) => name);
}
