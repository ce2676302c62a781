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

/** The programs of an assembly as a host has them. */
export function programsOn({ programs, programsOn: own }: Assembly, box: Box, host: Host): readonly Program[] {
  return own?.(box, host) ?? programs;
}

/** The programs of all assemblies of a host, as it has them. */
export function allProgramsOn({ assembliesOf }: Registry, box: Box, host: Host): readonly Program[] {
  return assembliesOf(box, host).flatMap((assembly) => programsOn(assembly, box, host));
}

/** What a host is asked to install. */
export interface Packages extends Pick<Program, "packages" | "maskedUntilConfigured"> {
  /** Packages by the apt repository that they come from. Absent where all are the distribution's. */
  readonly fromRepositories?: Readonly<Record<string, readonly string[]>>;
}

/** Packages of some programs, and the units to keep masked until they are configured: in order, each once. */
export function packagesOf(programs: readonly Program[]): Packages {
  const all = (key: "packages" | "maskedUntilConfigured"): string[] =>
    [...new Set(programs.flatMap((program) => program[key]))].sort();
  const from = new Map<string, Set<string>>();
  for (const { fromRepository: { repository, packages } = { repository: "", packages: [] } } of programs)
    if (packages.length > 0) from.set(repository, new Set([...(from.get(repository) ?? []), ...packages]));
  const fromRepositories = Object.fromEntries([...from].map(([name, packages]) => [name, [...packages].sort()]));
  const own = { packages: all("packages"), maskedUntilConfigured: all("maskedUntilConfigured") };
  return from.size === 0 ? own : { ...own, fromRepositories };
}

/**
 * The packages of all assemblies of a host, as far as the distribution has them. What other repositories have comes with who needs it:
 * to know a repository a host may need its network and its names.
 */
export function allPackagesOn(registry: Registry, box: Box, host: Host): Packages {
  const { packages, maskedUntilConfigured } = packagesOf(allProgramsOn(registry, box, host));
  return { packages, maskedUntilConfigured };
}

function isMember(box: Box, pool: string, host: Host): boolean {
  return entry(box.pools, pool, "pools of the box").members.includes(host.name);
}
