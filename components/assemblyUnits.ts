import type * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import { HostPackages } from "../host/HostPackages.ts";
import { HostUnit } from "../host/HostUnit.ts";
import type { Assembly, Program } from "../render/assembly.ts";
import { registry } from "../render/registry.ts";
import { packagesOf } from "../render/registryOf.ts";
import { backupsFirst, rolling } from "./rolling.ts";

/** An assembly on the hosts of some pools. */
export interface AssemblyUnitsArgs {
  readonly box: Box;
  /** A host of several pools is changed with the first of them. @default all pools that have the assembly */
  readonly pools?: readonly string[];
  readonly assembly: Assembly;
  /** The programs whose packages a host gets. @default those of the assembly */
  readonly programs?: (host: Host) => readonly Program[];
}

/**
 * The box's own unit of an assembly on each host, `<box>.pool`. Packages are safe and slow: they are installed on all hosts
 * at once. Configuration is fast and risky: in each pool it is changed member by member, those that should hold a virtual IP
 * last, each behind the probe of the one before it.
 *
 * @param name of the component, and so the beginning of its children's.
 * @param before what the first step waits for.
 * @throws pulumi.RunError when the box has no such pool.
 */
export function assemblyUnits(
  parent: pulumi.ComponentResource,
  name: string,
  args: AssemblyUnitsArgs,
  before: readonly pulumi.Input<pulumi.Resource>[],
): readonly HostUnit[] {
  const { box, assembly, programs = () => assembly.programs } = args;
  const pools = membersOnce(box, args.pools ?? assembly.pools(box));
  const packages = pools
    .flat()
    .map(
      (host) =>
        new HostPackages(
          `${name}-${host.name}`,
          { host, ...packagesOf(programs(host)) },
          { parent, dependsOn: [...before] },
        ),
    );
  return pools.flatMap((members) =>
    rolling(members, [...before, ...packages], (host, dependsOn) => {
      const files = assembly.files(box, host, registry);
      const unit = { host, assembly: assembly.name, unit: `${box.name}.pool`, files };
      return new HostUnit(`${name}-${host.name}`, unit, { parent, dependsOn });
    }),
  );
}

/** The hosts of each pool in the order in which they are changed; a host of several pools is among those of the first. */
function membersOnce(box: Box, pools: readonly string[]): readonly (readonly Host[])[] {
  const taken = new Set<string>();
  return pools.map((pool) => {
    const hosts = backupsFirst(box, pool).filter(({ name }) => !taken.has(name));
    for (const { name } of hosts) taken.add(name);
    return hosts;
  });
}
