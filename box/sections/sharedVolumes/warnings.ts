import { itemsOf, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { bricksOf, glusterVolumes } from "./bricks.ts";

/** Said once, however many volumes there are. */
export function* glusterMaintenance(draft: Draft): Generator<Violation> {
  if (glusterVolumes(draft).length === 0) return;
  const message =
    "GlusterFS is maintained slowly, and fixes may be long in coming: supported here are the versions of Debian 12 (10.3) and " +
    'Ubuntu 22.04 (10.1); where a file server is at hand already, "kind: nfs" takes the same place';
  yield { path: "sharedVolumes", message };
}

/** A volume that fills the root file system takes its host with it. */
export function* bricksOnRoot(draft: Draft): Generator<Violation> {
  for (const [name, volume] of glusterVolumes(draft)) {
    const hosts = bricksOf(name, volume).flatMap(({ host, device }) => (device === undefined && host !== undefined ? [host] : [])); // prettier-ignore
    if (hosts.length === 0) continue;
    const message = `${hosts.join(", ")}: the brick is on the root file system, which a full volume fills: for trials only`;
    yield { path: pathOf("sharedVolumes", name, "allowOnRootFilesystem"), message };
  }
}

/** A local directory of several hosts holds different files on each. */
export function* localIsNotShared(draft: Draft): Generator<Violation> {
  for (const [name, volume] of draft.sharedVolumes) {
    if (volume.kind !== "local") continue;
    const hosts = new Set(itemsOf(volume.clients).flatMap(([, pool]) => membersOf(draft, pool)));
    if (hosts.size < 2) continue;
    const message = `"local" on ${[...hosts].join(", ")}: each has files of its own, and none sees another's`;
    yield { path: pathOf("sharedVolumes", name, "kind"), message };
  }
}
