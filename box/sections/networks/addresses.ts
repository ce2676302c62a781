import type { Draft } from "../../draft.ts";
import { addressText } from "../../ipv4.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** The longest prefix that leaves addresses for hosts between network and broadcast address. */
const LONGEST_PREFIX = 30;

/** Each network is written by its network address and has room for hosts. */
export function* networkAddresses(draft: Draft): Generator<Violation> {
  for (const [name, { cidr, range }] of draft.networks) {
    if (cidr === undefined || !range) continue;
    const path = pathOf("networks", name);
    const proper = `${addressText(range.first)}/${range.prefix}`;
    if (range.prefix > LONGEST_PREFIX) {
      yield { path, message: `${cidr} has no room for hosts: its prefix may be at most /${LONGEST_PREFIX}` };
    } else if (cidr !== proper) {
      yield { path, message: `${cidr} is an address inside of a network, not the network: write ${proper}` };
    }
  }
}

/** No two networks share addresses: a host could not tell which route leads to them. */
export function* overlappingNetworks(draft: Draft): Generator<Violation> {
  // In order of their first addresses each network needs comparing only with the one before that reaches furthest.
  const inOrder = [...draft.networks]
    .flatMap(([name, { cidr = "", range }]) => (range ? [{ name, cidr, range }] : []))
    .sort((left, right) => left.range.first - right.range.first);
  let furthest: (typeof inOrder)[number] | undefined;
  for (const network of inOrder) {
    const { name, cidr, range } = network;
    if (furthest && range.first <= furthest.range.last) {
      const message = `${cidr} overlaps ${furthest.cidr} of ${furthest.name}: give each network addresses of its own`;
      yield { path: pathOf("networks", name), message };
    }
    if (!furthest || range.last > furthest.range.last) furthest = network;
  }
}
