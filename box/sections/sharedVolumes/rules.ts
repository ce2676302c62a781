import { entriesOf, isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import {
  bricksOf,
  glusterVolumes,
  mountingHosts,
  replicaSetsOf,
  type BrickDraft,
  type ReplicaSetDraft,
} from "./bricks.ts";
import { partOf } from "./devices.ts";
import { isBelow, mountPointFault, placeFault } from "./places.ts";

/** Each set has three votes: three copies, or two and an arbiter. All sets of a volume have one form. */
export function* replicaForms(draft: Draft): Generator<Violation> {
  for (const [name, volume] of glusterVolumes(draft)) {
    let first: boolean | undefined;
    for (const [path, set] of replicaSetsOf(name, volume)) {
      if (set.data === undefined) continue;
      const fault = formFault(set.data.length, hasArbiter(draft, path, set));
      if (fault !== undefined) yield { path: pathOf(path, "data"), message: fault };
      first ??= set.arbiter !== undefined;
      if (first === (set.arbiter !== undefined) || fault !== undefined) continue;
      const message = `${first ? "has no arbiter" : "has an arbiter"}, and the first set of ${name} ${first ? "has one" : "has none"}: GlusterFS has one form for all sets of a volume`;
      yield { path, message };
    }
  }
}

/** Also one that could not be read. */
function hasArbiter(draft: Draft, path: string, { arbiter }: ReplicaSetDraft): boolean {
  return arbiter !== undefined || draft.refused.has(pathOf(path, "arbiter"));
}

function formFault(copies: number, arbiter: boolean): string | undefined {
  if (copies === 3 && !arbiter) return undefined;
  if (copies === 2 && arbiter) return undefined;
  if (copies === 2)
    return "has two copies and no third vote, so that a cut between them stops both or parts them: add an arbiter, or a third copy";
  if (arbiter) return `has ${copies} ${copies === 1 ? "copy" : "copies"} beside an arbiter: write two`;
  return `has ${copies} ${copies === 1 ? "copy" : "copies"}: write three, or two and an arbiter`;
}

/** A host has one brick of a volume, and a device is one brick's alone. */
export function* sharedBricks(draft: Draft): Generator<Violation> {
  const devices = new Map<string, { readonly device: string; readonly path: string }[]>();
  for (const [name, volume] of glusterVolumes(draft)) {
    const hosts = new Map<string, BrickDraft>();
    for (const brick of bricksOf(name, volume)) {
      const { host, device, path } = brick;
      if (host === undefined) continue;
      const other = hosts.get(host);
      if (other !== undefined) yield { path: pathOf(path, "host"), message: twice(host, name, brick, other) };
      hosts.set(host, other ?? brick);
      if (device === undefined || other !== undefined) continue;
      const others = devices.get(host) ?? [];
      devices.set(host, [...others, { device, path }]);
      const holder = others.find((one) => one.device === device || partOf(one.device, device) || partOf(device, one.device)); // prettier-ignore
      if (holder !== undefined) yield { path: pathOf(path, "device"), message: taken(host, device, holder) };
    }
  }
}

function taken(host: string, device: string, holder: { readonly device: string; readonly path: string }): string {
  const which = holder.device === device ? "is" : partOf(device, holder.device) ? "is a part of" : "holds";
  const what = holder.device === device ? "" : `${holder.device}, `;
  return `"${device}" of ${host} ${which} ${what}the device of ${holder.path} already: each brick has one of its own`;
}

function twice(host: string, volume: string, { isArbiter }: BrickDraft, other: BrickDraft): string {
  if (isArbiter !== other.isArbiter)
    return `"${host}" holds a copy of ${volume} (${isArbiter ? other.path : "as data"}), and its vote would go with it: name another host as arbiter`;
  return `"${host}" has a brick of ${volume} already (${other.path}): copies on one host are lost together, name another`;
}

/** Every brick says where it stands. */
export function* missingDevices(draft: Draft): Generator<Violation> {
  for (const [name, volume] of glusterVolumes(draft)) {
    const allowed = volume.allowOnRootFilesystem;
    if (allowed !== false) continue;
    for (const { path, device, host } of bricksOf(name, volume)) {
      if (device !== undefined || host === undefined || draft.refused.has(pathOf(path, "device"))) continue;
      const message = `is missing: name an empty block device of ${host}, or write "allowOnRootFilesystem: true" for a trial`;
      yield { path: pathOf(path, "device"), message };
    }
  }
}

/** Hosts of bricks are in a pool, and all hosts of a volume are on its network. */
export function* volumesOnNetworks(draft: Draft): Generator<Violation> {
  const inPools = new Set([...draft.pools.keys()].flatMap((pool) => membersOf(draft, pool)));
  const reported = new Set<string>();
  for (const [name, volume] of glusterVolumes(draft)) {
    const bricks = bricksOf(name, volume).flatMap(({ host, path }) => (host === undefined ? [] : [{ host, path }]));
    for (const { host, path } of bricks) {
      if (draft.hosts.get(host)?.addresses === undefined || inPools.has(host)) continue;
      yield {
        path: pathOf(path, "host"),
        message: `"${host}" is in no pool: a brick stands on a host of a pool, name it there`,
      };
    }
    const { network } = volume;
    if (network === undefined || !draft.declared.networks?.has(network)) continue;
    const clients = itemsOf(volume.clients).flatMap(([, pool]) => membersOf(draft, pool));
    for (const host of new Set([...bricks.map((brick) => brick.host), ...clients])) {
      const key = `${host} ${network}`;
      if (draft.hosts.get(host)?.addresses === undefined || isOn(draft, host, network) || reported.has(key)) continue;
      reported.add(key);
      const message = `is missing: ${host} is of the shared volume ${name}, which is on that network; give it an address there, or name another host`;
      yield { path: pathOf("hosts", host, "addresses", network), message };
    }
  }
}

/** A host is in one trusted pool of GlusterFS, whose members know each other by one address. */
export function* trustedPoolNetworks(draft: Draft): Generator<Violation> {
  const networks = new Map<string, { readonly volume: string; readonly network: string }>();
  for (const [volume, { network, ...rest }] of glusterVolumes(draft)) {
    if (network === undefined || !draft.declared.networks?.has(network)) continue;
    const hosts = bricksOf(volume, rest).flatMap(({ host }) => host ?? []);
    const clash = hosts.find((host) => (networks.get(host)?.network ?? network) !== network);
    if (clash !== undefined) {
      const other = networks.get(clash);
      const message = `"${network}", and ${clash} has a brick of ${other?.volume ?? ""} too, which is on ${other?.network ?? ""}: a host's bricks are reached on one network`;
      yield { path: pathOf("sharedVolumes", volume, "network"), message };
    }
    for (const host of hosts) networks.set(host, networks.get(host) ?? { volume, network });
  }
}

/** Nothing is mounted over the system, nor over or into another volume of the same host. */
export function* mountPoints(draft: Draft): Generator<Violation> {
  const mounted = new Map<string, { readonly volume: string; readonly mountPoint: string }[]>();
  for (const [volume, { mountPoint }] of draft.sharedVolumes) {
    if (mountPoint === undefined) continue;
    const path = pathOf("sharedVolumes", volume, "mountPoint");
    const fault = mountPointFault(mountPoint);
    if (fault !== undefined) {
      yield { path, message: `${mountPoint} ${fault}: write another, such as /storage/shared` };
      continue;
    }
    const hosts = mountingHosts(draft, volume);
    for (const host of hosts) {
      const other = mounted
        .get(host)
        ?.find((one) => isBelow(one.mountPoint, mountPoint) || isBelow(mountPoint, one.mountPoint));
      if (other === undefined) continue;
      const relation = other.mountPoint === mountPoint ? "is" : "would be in, or around,";
      const message = `${mountPoint} ${relation} ${other.mountPoint}, where ${host} mounts ${other.volume}: write another mount point`;
      yield { path, message };
      break;
    }
    for (const host of hosts) mounted.set(host, [...(mounted.get(host) ?? []), { volume, mountPoint }]);
  }
}

/** A local directory is not its own mount point, nor around it, and not in another volume of a host. */
export function* localDirectories(draft: Draft): Generator<Violation> {
  for (const [name, volume] of entriesOf(Object.fromEntries(draft.sharedVolumes))) {
    if (volume.kind !== "local" || volume.directory === undefined || volume.mountPoint === undefined) continue;
    const { directory, mountPoint } = volume;
    const path = pathOf("sharedVolumes", name, "directory");
    const fault = placeFault(directory);
    if (fault !== undefined) {
      yield { path, message: `${directory} ${fault}: write another, such as /srv/shared` };
      continue;
    }
    if (isBelow(directory, mountPoint) || isBelow(mountPoint, directory)) {
      const message = `${directory} and the mount point ${mountPoint} lie in each other: write another directory`;
      yield { path, message };
      continue;
    }
    const around = volumeAround(draft, name, directory);
    if (around === undefined) continue;
    const message = `${directory} lies in ${around.mountPoint}, where ${around.host} mounts ${around.volume}: it would be made before that is mounted, and hidden by it; write another directory`;
    yield { path, message };
  }
}

/** Another volume that a host of this one mounts around the directory. */
function volumeAround(draft: Draft, name: string, directory: string) {
  const hosts = mountingHosts(draft, name);
  for (const [volume, { mountPoint }] of draft.sharedVolumes) {
    if (volume === name || mountPoint === undefined || !isBelow(directory, mountPoint)) continue;
    const host = [...mountingHosts(draft, volume)].find((one) => hosts.has(one));
    if (host !== undefined) return { volume, mountPoint, host };
  }
  return undefined;
}

/** Words that GlusterFS takes for something else where the name of a volume stands, in its commands or its files. */
const glusterWords =
  "all force type volume option subvolumes description end-volume auto-delete activate-on-create snap-max-hard-limit snap-max-soft-limit";

/** GlusterFS refuses some names, once devices have been made bricks. */
export function* glusterNames(draft: Draft): Generator<Violation> {
  for (const [name] of glusterVolumes(draft)) {
    if (!glusterWords.split(" ").includes(name)) continue;
    const message = `"${name}" is a word of GlusterFS' own, and no name for a volume: write another, such as shared`;
    yield { path: pathOf("sharedVolumes", name), message };
  }
}
