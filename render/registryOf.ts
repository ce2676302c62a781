/** Answers questions about all assemblies of a box. */
import type { Box, Host } from "../box/model.ts";
import type { Assembly, Program, Registry } from "./assembly.ts";
import { entry } from "./scalars.ts";

/** The registry of these assemblies; the project's own is in `registry.ts`, tests make others. */
export function registryOf(assemblies: readonly Assembly[]): Registry {
  const assembliesOf = (box: Box, host: Host): readonly Assembly[] =>
    assemblies.filter((assembly) => hasAssembly(assembly, box, host));
  return {
    assemblies,
    assembliesOf,
    portsOf: (box, host) => assembliesOf(box, host).flatMap(({ ports }) => ports?.(box, host) ?? []),
    forwardsFrom: (box, host) => [
      ...new Set(assembliesOf(box, host).flatMap(({ forwardsFrom }) => forwardsFrom?.(box, host) ?? [])),
    ],
    metricsOf: (box, host) => assembliesOf(box, host).flatMap(({ metrics }) => metrics?.(box, host) ?? []),
    metricsSourcesOf: (box, host) =>
      assembliesOf(box, host).flatMap(({ metricsSources }) => metricsSources?.(box, host) ?? []),
    trackingOf: (box, host, vip) => {
      const found = assembliesOf(box, host).flatMap(({ tracking }) => tracking?.(box, host, vip) ?? []);
      return found.find(({ exclusive }) => exclusive) ?? found[0] ?? { track: { kind: "interface" }, networks: [] };
    },
  };
}

/** Whether a host has an assembly. */
export function hasAssembly({ pools, only }: Assembly, box: Box, host: Host): boolean {
  return pools(box).some((pool) => isMember(box, pool, host)) && (only?.(box, host) ?? true);
}

/** Packages of some programs, and the units to keep masked until they are configured: in order, each once. */
export function packagesOf(programs: readonly Program[]): Omit<Program, "name"> {
  const all = (key: keyof Omit<Program, "name">): string[] =>
    [...new Set(programs.flatMap((program) => program[key]))].sort();
  return { packages: all("packages"), maskedUntilConfigured: all("maskedUntilConfigured") };
}

function isMember(box: Box, pool: string, host: Host): boolean {
  return entry(box.pools, pool, "pools of the box").members.includes(host.name);
}
