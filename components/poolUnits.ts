import type * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import { HostPackages, type HostPackagesArgs } from "../host/HostPackages.ts";
import { HostUnit, type HostUnitFile } from "../host/HostUnit.ts";
import { backupsFirst, rolling } from "./rolling.ts";

/** What the members of a pool run, and the files that make them. */
export interface PoolUnitsArgs {
  readonly box: Box;
  readonly pool: string;
  /** The tree on each member that is checked and switched as a whole, for example `gateway`. */
  readonly assembly: string;
  /** Debian packages of one member, and the units of theirs that must not start before they are configured. */
  readonly needs: (host: Host) => Pick<HostPackagesArgs, "packages" | "maskedUntilConfigured">;
  /** The pool's own files on one member. */
  readonly files: (host: Host) => readonly HostUnitFile[];
}

/**
 * The pool's own unit on each member, `<box>.pool`. Packages are safe and slow: they are installed on all members at once.
 * Configuration is fast and risky: it is changed member by member, those that should hold a virtual IP last, each behind
 * the probe of the one before it.
 *
 * @param name of the component, and so the beginning of its children's.
 * @param before what the first step waits for.
 * @throws pulumi.RunError when the box has no such pool.
 */
export function poolUnits(
  parent: pulumi.ComponentResource,
  name: string,
  args: PoolUnitsArgs,
  before: readonly pulumi.Input<pulumi.Resource>[],
): readonly HostUnit[] {
  const { box, pool, assembly } = args;
  const members = backupsFirst(box, pool);
  const packages = members.map(
    (host) =>
      new HostPackages(`${name}-${host.name}`, { host, ...args.needs(host) }, { parent, dependsOn: [...before] }),
  );
  return rolling(members, [...before, ...packages], (host, dependsOn) => {
    const files = args.files(host);
    return new HostUnit(
      `${name}-${host.name}`,
      { host, assembly, unit: `${box.name}.pool`, files },
      { parent, dependsOn },
    );
  });
}
