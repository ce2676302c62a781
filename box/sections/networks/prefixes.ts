import type { Draft } from "../../draft.ts";
import { containsIpv6, ipv6Number, ipv6Prefix, ipv6RangeOf, ipv6Text } from "../../ipv6.ts";
import { pathOf, type Violation } from "../../violations.ts";

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
