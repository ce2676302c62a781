import { membersOf, valuesOf, type Draft, type VirtualIpDraft } from "../../draft.ts";
import { canonicalAddress, isIpv6 } from "../../ipv6.ts";
import { suggestion } from "../../nearMiss.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { LOWEST_PRIORITY, prioritiesOf } from "../../priorities.ts";
import { addressFault } from "../hosts/addresses.ts";
import { address6Fault } from "../hosts/addresses6.ts";

/** Virtual router identifiers end here (RFC 5798, 5.2.3). */
const LAST_ROUTER_ID = 255;

/** Priorities of hosts that do not own the address end here (RFC 5798, 5.2.4). */
const HIGHEST_PRIORITY = 254;

/** How many there are. */
const PRIORITIES = HIGHEST_PRIORITY - LOWEST_PRIORITY + 1;

/** A VIP lies in its network, and nobody else has its address. */
export function* virtualIpAddresses(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [host, { addresses, addresses6 }] of draft.hosts) {
    for (const [key, of] of Object.entries({ addresses, addresses6 })) {
      for (const [network, address] of valuesOf(of)) {
        holders.set(canonicalAddress(address), pathOf("hosts", host, key, network));
      }
    }
  }
  for (const [name, { address, network }] of draft.virtualIps) {
    if (address === undefined) continue;
    const path = pathOf("virtualIps", name, "address");
    const home = draft.networks.get(network ?? "");
    const faultOf = isIpv6(address) ? address6Fault : addressFault;
    const fault = home && faultOf(address, network ?? "", home, draft.networks, "VIP");
    if (fault !== undefined) yield { path, message: fault };
    const holder = holders.get(canonicalAddress(address));
    if (holder === undefined) holders.set(canonicalAddress(address), path);
    else yield { path, message: `${address} is taken by ${holder}: give the VIP one of its own` };
  }
}

/**
 * No two VIPs of a network and a family have one virtual router identifier, whatever their pools: hosts would mix up their
 * adverts. An IPv4 and an IPv6 VIP may share one: "virtual routers in each of the IPv4 and IPv6 address families are a domain
 * unto themselves" (RFC 5798, 1).
 */
export function* duplicateVirtualRouterIds(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [name, { network, virtualRouterId, address }] of draft.virtualIps) {
    if (network === undefined || virtualRouterId === undefined || address === undefined) continue;
    const key = `${virtualRouterId} ${network} ${isIpv6(address)}`;
    const holder = holders.get(key);
    if (holder === undefined) holders.set(key, name);
    else {
      const message =
        `${virtualRouterId} is the number of ${pathOf("virtualIps", holder)} on ${network} already: ` +
        freeRouterId(draft, network, isIpv6(address));
      yield { path: pathOf("virtualIps", name, "virtualRouterId"), message };
    }
  }
}

function freeRouterId(draft: Draft, network: string, ipv6: boolean): string {
  const taken = new Set(
    [...draft.virtualIps.values()]
      .filter((vip) => vip.network === network && isIpv6(vip.address ?? "") === ipv6)
      .map((vip) => vip.virtualRouterId),
  );
  for (let id = 1; id <= LAST_ROUTER_ID; id++) if (!taken.has(id)) return `${id} is free`;
  return `no number up to ${LAST_ROUTER_ID} is free`;
}

/** A pool has no more hosts than there are priorities. */
export function* hostsWithoutPriority(draft: Draft): Generator<Violation> {
  for (const [name, { pool }] of draft.virtualIps) {
    const count = membersOf(draft, pool).length;
    if (count <= PRIORITIES) continue;
    const message = `"${pool ?? ""}" has ${count} hosts, and there are ${PRIORITIES} priorities: choose a smaller pool`;
    yield { path: pathOf("virtualIps", name, "pool"), message };
  }
}

/** Priorities are those of the pool's hosts, one for each. */
export function* hostsOfPriorities(draft: Draft): Generator<Violation> {
  for (const [name, { pool, priorities }] of draft.virtualIps) {
    const members = (pool === undefined ? undefined : draft.pools.get(pool)) ?? [];
    // A host of the pool that is misspelt is reported there, and may be the one that has a priority.
    const known = members.filter((member) => member !== undefined && draft.declared.hosts?.has(member)) as string[];
    if (priorities === undefined || pool === undefined || known.length === 0 || known.length < members.length) continue;
    const path = pathOf("virtualIps", name, "priorities");
    const pooled = new Set(known);
    for (const host of Object.keys(priorities)) {
      if (pooled.has(host)) continue;
      yield { path: pathOf(path, host), message: `"${host}" is not in ${pool}${suggestion(host, pooled)}` };
    }
    for (const host of pooled) {
      if (Object.hasOwn(priorities, host)) continue;
      const message = `is missing: ${host} is in ${pool}; write its priority, or no priorities for those by the pool's order`;
      yield { path: pathOf(path, host), message };
    }
  }
}

/** No two hosts have one priority for a VIP: who has the address must not be left to chance. */
export function* equalPriorities(draft: Draft): Generator<Violation> {
  for (const [name, { priorities }] of draft.virtualIps) {
    const holders = new Map<number, string>();
    for (const [host, priority] of valuesOf(priorities)) {
      const holder = holders.get(priority);
      if (holder === undefined) holders.set(priority, host);
      else {
        const message = `${priority} is the priority of ${holder} already: ${freePriority(valuesOf(priorities), priority)}`;
        yield { path: pathOf("virtualIps", name, "priorities", host), message };
      }
    }
  }
}

/** The next lower free priority in tens, as the default has them; else any. */
function freePriority(priorities: readonly [string, number][], taken: number): string {
  const others = new Set(priorities.map(([, priority]) => priority));
  const tens = Array.from({ length: 25 }, (_, index) => taken - 10 * (index + 1));
  const all = Array.from({ length: PRIORITIES }, (_, index) => LOWEST_PRIORITY + index);
  const free = [...tens, ...all].find((priority) => priority >= LOWEST_PRIORITY && !others.has(priority));
  return free === undefined ? "write another" : `${free} is free`;
}

/** VIPs that move together can do so: they are on one pool, and of one mind about who has them. */
export function* syncGroups(draft: Draft): Generator<Violation> {
  for (const [name, vip] of draft.virtualIps) {
    const leader = vip.syncGroup === undefined ? undefined : draft.virtualIps.get(vip.syncGroup);
    if (vip.syncGroup === undefined || leader === undefined) continue;
    const fault = partingFault(draft, { name, ...vip }, { name: vip.syncGroup, ...leader });
    if (fault !== undefined) {
      yield { path: pathOf("virtualIps", name, "syncGroup"), message: `"${vip.syncGroup}" ${fault}` };
    }
  }
}

type Named = VirtualIpDraft & { readonly name: string };

function partingFault(draft: Draft, own: Named, leader: Named): string | undefined {
  if (leader.name === own.name) return "is the VIP itself: name another one, or remove it";
  if (leader.syncGroup === own.name) return `moves with ${own.name} already: keep one of the two`;
  if (leader.syncGroup !== undefined) return `moves with ${leader.syncGroup} itself: write ${leader.syncGroup}`;
  if (leader.pool === undefined || own.pool === undefined) return undefined;
  if (leader.pool !== own.pool) {
    return `is on ${leader.pool}, and ${own.name} on ${own.pool}: only VIPs of one pool can move together`;
  }
  if (leader.preempt !== undefined && own.preempt !== undefined && leader.preempt !== own.preempt) {
    return `has preempt ${leader.preempt}, and ${own.name} ${own.preempt}: write the same for both, else they part`;
  }
  return orderFault(draft, own, leader);
}

function orderFault(draft: Draft, own: Named, leader: Named): string | undefined {
  const [wanted, found] = [byPriority(draft, leader), byPriority(draft, own)];
  // Priorities of other hosts than the pool's are reported by themselves.
  if (wanted.toSorted().join() !== found.toSorted().join()) return undefined;
  const at = wanted.findIndex((host, index) => host !== found[index]);
  if (at === -1) return undefined;
  return (
    `prefers ${wanted[at] ?? ""} where ${own.name} prefers ${found[at] ?? ""}: ` +
    `bring the priorities of both into one order, else they part`
  );
}

/** The hosts that have priorities, the highest first. */
function byPriority(draft: Draft, vip: Named): string[] {
  const priorities = Object.entries(prioritiesOf(draft, vip));
  return priorities.sort(([, left], [, right]) => right - left).map(([host]) => host);
}
