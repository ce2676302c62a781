/** Rules of who mounts volumes, and of servers that are not the box's to make. */
import { itemsOf, valuesOf, type Draft } from "../../draft.ts";
import { addressNumber } from "../../ipv4.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { mountingHosts } from "./bricks.ts";

/** No pool is named twice among the clients of a volume. */
export function* clientsOnce(draft: Draft): Generator<Violation> {
  for (const [name, { clients }] of draft.sharedVolumes) {
    const seen = new Set<string>();
    for (const [index, pool] of itemsOf(clients)) {
      const path = pathOf("sharedVolumes", name, "clients", index);
      if (seen.has(pool)) yield { path, message: `"${pool}" is named already: name it once` };
      seen.add(pool);
    }
  }
}

/** An NFS server is some other machine, at an address of one machine. */
export function* nfsServers(draft: Draft): Generator<Violation> {
  for (const [name, volume] of draft.sharedVolumes) {
    if (volume.kind !== "nfs" || volume.server === undefined) continue;
    const { server } = volume;
    const path = pathOf("sharedVolumes", name, "server");
    const fault = addressOfNobody(draft, server);
    const own = [...mountingHosts(draft, name)].find((host) => addressesOf(draft, host).includes(server));
    if (fault !== undefined) yield { path, message: `${server} ${fault}: write the address of the NFS server` };
    else if (own !== undefined) {
      const message = `${server} is ${own} itself, which would mount it and may wait for itself for ever: take its pool out of clients, or write "kind: local" for it`;
      yield { path, message };
    }
  }
}

function addressesOf(draft: Draft, host: string): string[] {
  return valuesOf(draft.hosts.get(host)?.addresses).map(([, address]) => address);
}

/** What is at no single machine, or at each by itself (RFC 6890). */
function addressOfNobody(draft: Draft, address: string): string | undefined {
  const first = Number(address.split(".")[0]);
  if (first === 127) return "is each host itself";
  if (first === 0 || first >= 224) return "is no machine's address";
  const number = addressNumber(address);
  const network = [...draft.networks].find(([, { range }]) => range?.first === number || range?.last === number);
  return network === undefined ? undefined : `is the address, or the broadcast address, of ${network[0]} itself`;
}
