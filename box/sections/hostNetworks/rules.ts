import { itemsOf, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** A host's network is written once: no host is in two of the pools, nor any pool named twice. */
export function* duplicateHostNetworks(draft: Draft): Generator<Violation> {
  const pools = new Set<string>();
  const writtenBy = new Map<string, string>();
  for (const [index, pool] of itemsOf(draft.hostNetworks.pools)) {
    const path = pathOf("hostNetworks", "pools", index);
    if (pools.has(pool)) {
      yield { path, message: `"${pool}" is named already: keep one` };
      continue;
    }
    pools.add(pool);
    for (const host of membersOf(draft, pool)) {
      const other = writtenBy.get(host);
      if (other !== undefined) {
        const message = `"${pool}" has ${host}, which is in ${other} too: a host's network is written once, so name one of them`;
        yield { path, message };
        break;
      }
      writtenBy.set(host, pool);
    }
  }
}

/** The interfaces of a host whose network is written are found by their hardware addresses, so each is known. */
export function* unknownMacAddresses(draft: Draft): Generator<Violation> {
  const hosts = new Set(itemsOf(draft.hostNetworks.pools).flatMap(([, pool]) => membersOf(draft, pool)));
  for (const host of hosts) {
    const { addresses = {}, macAddresses } = draft.hosts.get(host) ?? {};
    if (macAddresses === undefined) continue;
    for (const network of Object.keys(addresses)) {
      if (Object.hasOwn(macAddresses, network)) continue;
      const message = `is missing, and hostNetworks finds the interface by it: write the one that "ip -br link" shows on ${host}`;
      yield { path: pathOf("hosts", host, "macAddresses", network), message };
    }
  }
}

/** No host's default route leads through a virtual IP that it may hold itself: its packets would go round in circles. */
export function* circularDefaultRoutes(draft: Draft): Generator<Violation> {
  for (const [host, { defaultGateway }] of draft.hosts) {
    if (defaultGateway === undefined) continue;
    const [name, vip] = [...draft.virtualIps].find(([, { address }]) => address === defaultGateway) ?? [];
    if (!vip || !membersOf(draft, vip.pool).includes(host)) continue;
    const message = `${defaultGateway} is VIP "${name ?? ""}", which ${host} may hold itself: write the next router`;
    yield { path: pathOf("hosts", host, "defaultGateway"), message };
  }
}
