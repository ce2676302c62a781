import { membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { mountingHosts } from "../sharedVolumes/bricks.ts";
import { isBelow, placeFault } from "../sharedVolumes/places.ts";

const path = pathOf("registry", "storage", "directory");

/** Images are kept where no other program keeps what is its own: in a brick they would break the volume. */
export function* placeOfImages({ registry: { storage } }: Draft): Generator<Violation> {
  const directory = storage?.directory;
  const fault = directory === undefined ? undefined : placeFault(directory);
  if (directory === undefined || fault === undefined) return;
  yield { path, message: `${directory} ${fault}: choose a place under /storage, or one of its own under /srv` };
}

/**
 * Hosts of one registry see the same images: where the stack declares a volume for one of them it is that of all, and one that
 * they share. Volumes that are mounted otherwise are looked for on the hosts.
 */
export function* oneVolume(draft: Draft): Generator<Violation> {
  const { pool, storage, kind } = draft.registry;
  const hosts = membersOf(draft, pool);
  const directory = storage?.directory;
  if (kind !== "docker-registry" || storage?.shared !== true || directory === undefined || hosts.length < 2) return;
  const found = hosts.map((host) => ({ host, volumes: volumesOf(draft, host, directory) }));
  // Two volumes in one place of a host are told by themselves.
  if (found.some(({ volumes }) => volumes.length > 1)) return;
  const first = found.flatMap(({ host, volumes: [volume] }) => (volume === undefined ? [] : { host, volume }))[0];
  if (first === undefined) return;
  const apart = found.find(({ volumes: [volume] }) => volume !== first.volume);
  if (apart !== undefined) {
    const where = apart.volumes[0] === undefined ? "on none that the stack declares" : `on ${apart.volumes[0]}`;
    const message = `${directory} is on ${first.volume} on ${first.host}, and ${where} on ${apart.host}: each would have images of its own; name a pool whose hosts mount one volume`;
    yield { path, message };
  } else if (draft.sharedVolumes.get(first.volume)?.kind === "local") {
    const message = `${directory} is on ${first.volume}, a directory of each host itself: ${hosts.join(" and ")} would each have images of its own; choose a volume that they share, or a pool of one`;
    yield { path, message };
  }
}

/** The volumes of the stack that a host has mounted around a directory. */
function volumesOf(draft: Draft, host: string, directory: string): string[] {
  return [...draft.sharedVolumes].flatMap(([name, { mountPoint }]) =>
    mountPoint !== undefined && isBelow(directory, mountPoint) && mountingHosts(draft, name).has(host) ? [name] : [],
  );
}
