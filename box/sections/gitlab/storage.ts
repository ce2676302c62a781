import { membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { mountingHosts } from "../sharedVolumes/bricks.ts";
import { isBelow, placeFault } from "../sharedVolumes/places.ts";

const path = pathOf("gitlab", "data");

/** Data is kept where no other program keeps what is its own. */
export function* placeOfData({ gitlab: { data } }: Draft): Generator<Violation> {
  const fault = data === undefined ? undefined : placeFault(data);
  if (data === undefined || fault === undefined) return;
  yield { path, message: `${data} ${fault}: choose a place under /storage, or one of its own under /srv` };
}

/** A volume around the data is one that GitLab's host mounts; else a directory of the host's own would hide behind its name. */
export function* mountedThere(draft: Draft): Generator<Violation> {
  const { data, pool } = draft.gitlab;
  const hosts = membersOf(draft, pool);
  if (data === undefined) return;
  const around = volumesAround(draft, data);
  const apart = hosts.find((host) => around.length > 0 && !around.some((name) => mountingHosts(draft, name).has(host)));
  if (apart === undefined) return;
  const names = around.join(" and ");
  const message = `${data} is on the shared volume ${names}, which ${apart} does not mount: name ${pool ?? "its pool"} under sharedVolumes.${around[0] ?? ""}.clients`;
  yield { path, message };
}

/** Data on a disk of the host's own goes with it. */
export function* dataOfOneHost(draft: Draft): Generator<Violation> {
  const { data } = draft.gitlab;
  if (data === undefined) return;
  const shared = volumesAround(draft, data).filter((name) => draft.sharedVolumes.get(name)?.kind !== "local");
  if (shared.length > 0) return;
  const message = `${data} is on no shared volume, so repositories and backups are lost with their host: choose a directory on one, or copy the backups elsewhere`;
  yield { path, message };
}

/** The volumes of the stack whose mount points are around a directory. */
function volumesAround(draft: Draft, directory: string): string[] {
  return [...draft.sharedVolumes].flatMap(([name, { mountPoint }]) =>
    mountPoint !== undefined && isBelow(directory, mountPoint) ? [name] : [],
  );
}
