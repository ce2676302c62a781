/** The bricks of the volumes, as far as they could be read. */
import { itemsOf, membersOf, type Draft } from "../../draft.ts";
import type { Readable } from "../../read.ts";
import type { Configuration } from "../../configuration.ts";
import { pathOf } from "../../violations.ts";

type AnyVolume = Readable<Configuration["sharedVolumes"][string]>;
/** A volume of GlusterFS. */
export type GlusterDraft = Extract<AnyVolume, { readonly kind?: "gluster" | undefined }>;
/** One replica set of it. */
export type ReplicaSetDraft = NonNullable<NonNullable<GlusterDraft["replicaSets"]>[number]>;

/** One brick, and where it stands in the stack file. */
export interface BrickDraft {
  readonly volume: string;
  readonly path: string;
  readonly host?: string | undefined;
  readonly device?: string | undefined;
  readonly isArbiter: boolean;
}

/** The volumes of GlusterFS by name. */
export function glusterVolumes(draft: Draft): [string, GlusterDraft][] {
  return [...draft.sharedVolumes].flatMap(([name, volume]) =>
    volume.kind === "gluster" ? [[name, volume] as [string, GlusterDraft]] : [],
  );
}

/** The replica sets of a volume, with their paths. */
export function replicaSetsOf(name: string, { replicaSets }: GlusterDraft): [string, ReplicaSetDraft][] {
  return itemsOf(replicaSets).map(([index, set]) => [pathOf("sharedVolumes", name, "replicaSets", index), set]);
}

/** The bricks of a set: those with a copy, then the arbiter. */
export function bricksOfSet(volume: string, [path, { data, arbiter }]: [string, ReplicaSetDraft]): BrickDraft[] {
  const copies = itemsOf(data).map(([index, brick]) => ({
    ...brick,
    path: pathOf(path, "data", index),
    isArbiter: false,
  }));
  const third = arbiter === undefined ? [] : [{ ...arbiter, path: pathOf(path, "arbiter"), isArbiter: true }];
  return [...copies, ...third].map((brick) => ({ ...brick, volume }));
}

/** All bricks of a volume. */
export function bricksOf(name: string, volume: GlusterDraft): BrickDraft[] {
  return replicaSetsOf(name, volume).flatMap((set) => bricksOfSet(name, set));
}

/** Every host that the volumes configure: those of bricks, and those of clients' pools. */
export function hostsOfVolumes(draft: Draft): { readonly hosts: string[]; readonly pools: string[] } {
  const hosts = glusterVolumes(draft).flatMap(([name, volume]) =>
    bricksOf(name, volume).flatMap(({ host }) => host ?? []),
  );
  const pools = [...draft.sharedVolumes.values()].flatMap(({ clients }) => itemsOf(clients).map(([, pool]) => pool));
  return { hosts: hosts.filter((host) => draft.hosts.get(host)?.addresses !== undefined), pools };
}

/** The hosts that mount a volume: those of its copies, and those of its clients. */
export function mountingHosts(draft: Draft, name: string): Set<string> {
  const volume = draft.sharedVolumes.get(name) ?? {};
  const copies =
    volume.kind === "gluster"
      ? replicaSetsOf(name, volume).flatMap((set) => bricksOfSet(name, set).filter(({ isArbiter }) => !isArbiter))
      : [];
  const clients = itemsOf(volume.clients).flatMap(([, pool]) => membersOf(draft, pool));
  return new Set([...copies.flatMap(({ host }) => host ?? []), ...clients]);
}
