/** Which hosts of a box trust each other as GlusterFS' servers, and what each of them has. */
import type { Box, Brick, GlusterVolume, Host } from "../../box/model.ts";

/** Servers that know each other: those of volumes that have a host in common. */
export interface TrustedPool {
  readonly volumes: readonly GlusterVolume[];
  /** Names of the servers, each once, in the order of the volumes. */
  readonly servers: readonly string[];
  /** Their addresses, in the same order: what they call each other. */
  readonly peers: readonly string[];
}

/** The volumes of GlusterFS, in the order of the stack. */
export function glusterVolumes(box: Box): readonly GlusterVolume[] {
  return Object.values(box.sharedVolumes).filter((volume) => volume.kind === "gluster");
}

/** The bricks of a volume in GlusterFS' order: set by set, an arbiter behind its two copies. */
export function bricksOf({ replicaSets }: GlusterVolume): readonly Brick[] {
  return replicaSets.flatMap(({ data, arbiter }) => [...data, ...(arbiter === undefined ? [] : [arbiter])]);
}

/** The trusted pools of a box. A server is in one of them. */
export function trustedPools(box: Box): readonly TrustedPool[] {
  const groups: GlusterVolume[][] = [];
  for (const volume of glusterVolumes(box)) {
    const joined = groups.filter((group) => group.some((other) => haveHostInCommon(volume, other)));
    const rest = groups.filter((group) => !joined.includes(group));
    groups.splice(0, groups.length, ...rest, [...joined.flat(), volume]);
  }
  return groups.map((volumes) => {
    const bricks = volumes.flatMap(bricksOf);
    const addresses = new Map(bricks.map(({ host, address }) => [host, address]));
    return { volumes, servers: [...addresses.keys()], peers: [...addresses.values()] };
  });
}

function haveHostInCommon(one: GlusterVolume, other: GlusterVolume): boolean {
  const hosts = new Set(bricksOf(one).map(({ host }) => host));
  return bricksOf(other).some(({ host }) => hosts.has(host));
}

/** The trusted pool that a host is a server of; undefined for one that is none. */
export function trustedPoolOf(box: Box, host: Host): TrustedPool | undefined {
  return trustedPools(box).find(({ servers }) => servers.includes(host.name));
}

/** The volumes that a host has a brick of, with it. */
export function bricksOn(box: Box, host: Host): readonly { readonly volume: GlusterVolume; readonly brick: Brick }[] {
  return glusterVolumes(box).flatMap((volume) =>
    bricksOf(volume)
      .filter((brick) => brick.host === host.name)
      .map((brick) => ({ volume, brick })),
  );
}

/** The servers of all trusted pools. */
export function serversOf(box: Box): ReadonlySet<string> {
  return new Set(trustedPools(box).flatMap(({ servers }) => servers));
}

/** The pools of a box that have any of these hosts, each host in the first of its pools. */
export function poolsOf(box: Box, hosts: ReadonlySet<string>): readonly string[] {
  const placed = new Set<string>();
  return Object.values(box.pools).flatMap(({ name, members }) => {
    const here = members.filter((member) => hosts.has(member) && !placed.has(member));
    for (const member of here) placed.add(member);
    return here.length > 0 ? [name] : [];
  });
}
