import { membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { mountingHosts } from "../sharedVolumes/bricks.ts";
import { isBelow, placeFault } from "../sharedVolumes/places.ts";

const path = pathOf("monitoring", "prometheus", "storage");

/** systemd hides these from Debian's service, or they are emptied. */
const hidden = ["/home", "/root", "/etc"];

/**
 * Prometheus' samples are on a disk of the host itself. Its documentation ("Storage") takes no file system but a local POSIX
 * one: on a volume that hosts share, a torn write or a second server damages what is there.
 */
export function* storageOfSamples(draft: Draft): Generator<Violation> {
  const { pool, prometheus } = draft.monitoring;
  const directory = prometheus?.storage;
  if (directory === undefined) return;
  const hiding = hidden.find((place) => isBelow(directory, place));
  const fault = hiding === undefined ? placeFault(directory) : `lies in ${hiding}, which the service may not write to`;
  if (fault !== undefined) {
    yield {
      path,
      message: `${directory} ${fault}: choose a place under /var/lib/prometheus, or one of its own under /srv`,
    };
    return;
  }
  const hosts = membersOf(draft, pool);
  for (const [name, { kind, mountPoint }] of draft.sharedVolumes) {
    if (kind === "local" || mountPoint === undefined || !isBelow(directory, mountPoint)) continue;
    const host = hosts.find((one) => mountingHosts(draft, name).has(one));
    if (host === undefined) continue;
    const message = `${directory} is on the shared volume ${name} of ${host}: Prometheus keeps its samples on a local disk only, as a database that two servers or a network file system write to is soon damaged; choose a place under /var/lib/prometheus`;
    yield { path, message };
    return;
  }
}
