import type { Draft, DraftNetwork } from "../draft.ts";
import { canonicalAddress, containsIpv6, ipv6Number, ipv6Prefix, ipv6RangeOf, ipv6Text } from "../ipv6.ts";
import { suggestion } from "../nearMiss.ts";
import { pathOf, type Violation } from "../violations.ts";

/** The longest prefix that leaves addresses for two hosts and a VIP beside the network's own. */
const LONGEST_PREFIX = 126;

/** What hosts are reached at: global addresses (RFC 4291, 2.4), and those of a site of one's own (RFC 4193). */
const unicast = ["2000::/3", "fc00::/7"].map(ipv6RangeOf);

/** Each prefix is written by its first address, is one that hosts can be reached in, and has room for them. */
export function* networkPrefixes(draft: Draft): Generator<Violation> {
  for (const [name, { ipv6 }] of draft.networks) {
    if (!ipv6) continue;
    const { prefix, range } = ipv6;
    const path = pathOf("networks", name, "ipv6");
    if (!unicast.some((block) => containsIpv6(block, ipv6Text(range.first)) && range.prefix >= block.prefix)) {
      const message = `${prefix} holds no addresses of a network of one's own: write a prefix of 2000::/3, or one that begins with fd`;
      yield { path, message };
    } else if (range.prefix > LONGEST_PREFIX) {
      yield { path, message: `${prefix} has no room for hosts: it may be at most /${LONGEST_PREFIX}` };
    } else if (ipv6Number(prefix.split("/")[0] ?? "") !== range.first) {
      yield { path, message: `${prefix} is an address inside of a prefix, not the prefix: write ${ipv6Prefix(range)}` };
    }
  }
}

/** No two networks share IPv6 addresses. */
export function* overlappingPrefixes(draft: Draft): Generator<Violation> {
  // As with IPv4: in order, each needs comparing only with the one before that reaches furthest.
  const inOrder = [...draft.networks]
    .flatMap(([name, { ipv6 }]) => (ipv6 ? [{ name, ...ipv6 }] : []))
    .sort((left, right) => (left.range.first < right.range.first ? -1 : left.range.first > right.range.first ? 1 : 0));
  let furthest: (typeof inOrder)[number] | undefined;
  for (const one of inOrder) {
    if (furthest && one.range.first <= furthest.range.last) {
      const message = `${one.prefix} overlaps ${furthest.prefix} of ${furthest.name}: give each network addresses of its own`;
      yield { path: pathOf("networks", one.name, "ipv6"), message };
    }
    if (!furthest || one.range.last > furthest.range.last) furthest = one;
  }
}

/** Says why an IPv6 address cannot belong to a machine or a VIP on a network, or nothing. */
export function address6Fault(
  address: string,
  name: string,
  { cidr, ipv6 }: DraftNetwork,
  candidates: ReadonlyMap<string, DraftNetwork>,
  whose = "host",
): string | undefined {
  if (!ipv6) {
    return `${address}: ${name} has no IPv6 prefix; write "${name}: { cidr: ${cidr}, ipv6: … }" under networks, or remove it`;
  }
  const { prefix, range } = ipv6;
  if (!containsIpv6(range, address)) {
    const home = [...candidates].find(([, { ipv6: other }]) => other && containsIpv6(other.range, address));
    const between = `${ipv6Text(range.first + 1n)} to ${ipv6Text(range.last)}`;
    const wayOut = home ? `it lies in ${home[0]} ${home[1].ipv6?.prefix ?? ""}` : `write one of ${between}`;
    return `${address} lies outside of ${name} ${prefix}: ${wayOut}`;
  }
  if (ipv6Number(address) === range.first) {
    return `${address} is that of every router on ${name} ${prefix}: give the ${whose} one of its own`;
  }
  return undefined;
}

/** Each IPv6 address of a host lies in the prefix of a network that the host is on. */
export function* addresses6InNetworks(draft: Draft): Generator<Violation> {
  for (const [host, { addresses, addresses6 }] of draft.hosts) {
    for (const [name, address] of Object.entries(addresses6)) {
      const path = pathOf("hosts", host, "addresses6", name);
      const network = draft.networks.get(name);
      if (draft.declared.networks?.has(name) && !Object.hasOwn(addresses, name)) {
        const end = suggestion(name, Object.keys(addresses));
        yield { path, message: `${address}: ${host} has no address on ${name}${end}; give it one under addresses too` };
        continue;
      }
      const fault = network && address6Fault(address, name, network, draft.networks);
      if (fault !== undefined) yield { path, message: fault };
    }
  }
}

/** No IPv6 address belongs to two hosts, nor to one host twice, however it is written. */
export function* duplicateAddresses6(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [host, { addresses6 }] of draft.hosts) {
    for (const [network, address] of Object.entries(addresses6)) {
      const path = pathOf("hosts", host, "addresses6", network);
      const holder = holders.get(canonicalAddress(address));
      if (holder === undefined) holders.set(canonicalAddress(address), path);
      else yield { path, message: `${address} is taken by ${holder}: an address belongs to one host` };
    }
  }
}
