import type * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import type { FormerPlace } from "../host/hostCommand.ts";
import { hostUnit, type HostUnitFile } from "../host/HostUnit.ts";
import type { Assembly } from "../render/assembly.ts";
import { registry } from "../render/registry.ts";
import { packagesOf, programsOn, type Packages } from "../render/registryOf.ts";
import { packagesOn, runtimesOf } from "./foundation.ts";
import { backupsFirst, orderOf, rolling, type Order } from "./rolling.ts";
import { and, type Before } from "./waiting.ts";

/** An assembly on the hosts of some pools. */
export interface AssemblyUnitsArgs {
  readonly box: Box;
  /** A host of several pools is changed with the first of them. @default all pools that have the assembly */
  readonly pools?: readonly string[];
  /** Which of their hosts. @default all */
  readonly only?: (host: Host) => boolean;
  /** How the hosts of one of the sequences come after each other. @default as `rollout` says of a pool, else one after the other */
  readonly order?: Order;
  /**
   * Hosts that are changed one after the other, in this order, whatever pools they are in.
   * @default the members of each pool, holders of virtual IPs last
   */
  readonly sequences?: readonly (readonly Host[])[];
  readonly assembly: Assembly;
  /** The packages that a host has before it is configured. @default those of the assembly */
  readonly packages?: (host: Host) => Packages;
  /** Where its units were in states of earlier versions, if not in this component. */
  readonly formerly?: FormerPlace;
  /** What a host's unit has beside the files of the assembly: texts that other resources give. @default nothing */
  readonly more?: (host: Host) => readonly HostUnitFile[];
}

/** The box's own unit of an assembly on one host. */
export interface AssemblyUnit {
  readonly host: Host;
  readonly unit: pulumi.Resource;
}

/**
 * The box's own unit of an assembly on each host, `<box>.pool`. Packages are safe and slow: they are installed on all hosts
 * at once. Configuration is fast and risky: in each pool it is changed member by member, unless `rollout` says more at a time, those
 * that should hold a virtual IP last, each behind the probe of the one before it. A host that has no runtime of this stack yet gets it first.
 *
 * @param name of the component, and so the beginning of its children's.
 * @param before what the first step waits for.
 * @throws pulumi.RunError when the box has no such pool.
 */
export function assemblyUnits(
  parent: pulumi.ComponentResource,
  name: string,
  args: AssemblyUnitsArgs,
  before: Before,
): readonly AssemblyUnit[] {
  const { box, assembly, more = () => [] } = args;
  const formerly = args.formerly === undefined ? [] : [args.formerly];
  const wantedOn = args.packages ?? ((host: Host) => packagesOf(programsOn(assembly, box, host)));
  const only = (host: Host): boolean => (args.only?.(host) ?? true) && (assembly.only?.(box, host) ?? true);
  const pools = args.pools ?? assembly.pools(box);
  const chains = (args.sequences ?? membersOnce(box, pools)).map((members) => members.filter(only));
  // Hosts that are given in an order of their own have a reason for it: a quorum, say.
  const orderAt = (index: number): Order => args.order ?? (args.sequences ? rolling : orderOf(box, pools[index] ?? ""));
  const hosts = chains.flat();
  const ready = and(before, runtimesOf(hosts, name, parent, before));
  const packages = hosts.flatMap((host) => packagesOn({ box, host, wanted: wantedOn(host) }, name, parent, ready));
  return chains.flatMap((members, index) =>
    orderAt(index)(members, and(ready, packages), (host, dependsOn) => {
      const files = [...assembly.files(box, host, registry), ...more(host)];
      const { name: tree, seconds } = assembly;
      const unit = { host, assembly: tree, unit: `${box.name}.pool`, files, seconds };
      return hostUnit(`${name}-${host.name}`, unit, { parent, dependsOn, formerly });
    }).map((unit, at) => ({ host: members[at] as Host, unit })),
  );
}

/** The hosts of each pool in the order in which they are changed; a host of several pools is among those of the first. */
export function membersOnce(box: Box, pools: readonly string[]): readonly (readonly Host[])[] {
  const taken = new Set<string>();
  return pools.map((pool) => {
    const hosts = backupsFirst(box, pool).filter(({ name }) => !taken.has(name));
    for (const { name } of hosts) taken.add(name);
    return hosts;
  });
}
