/** Sets of addresses, as intervals on one line: IPv4 first, IPv6 after it. */
import ipaddr from "ipaddr.js";

/** From the first to the last address. */
export type Interval = readonly [first: bigint, last: bigint];

/** Intervals in order, without gaps of nothing between them. */
export type AddressSet = readonly Interval[];

const startOf6 = 1n << 32n;

/** Every address there is. */
export const everybody: AddressSet = [[0n, startOf6 + (1n << 128n) - 1n]];

/**
 * The set of addresses and networks in CIDR notation.
 *
 * @throws Error for what is neither.
 */
export function addressSet(from: readonly string[]): AddressSet {
  return joined(from.map(interval));
}

/** All that is in any of them. */
export function union(sets: readonly AddressSet[]): AddressSet {
  return joined(sets.flat());
}

/** Whether all of one set is in another. */
export function isWithin(inner: AddressSet, outer: AddressSet): boolean {
  return inner.every(([first, last]) => outer.some(([from, to]) => from <= first && last <= to));
}

function interval(text: string): Interval {
  const [address = "", length] = text.split("/");
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === "ipv4" ? 32 : 128;
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const size = 1n << BigInt(bits - (length === undefined ? bits : Number(length)));
  const first = (value / size) * size + (bits === 32 ? 0n : startOf6);
  return [first, first + size - 1n];
}

function joined(intervals: readonly Interval[]): AddressSet {
  const sorted = [...intervals].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const result: [bigint, bigint][] = [];
  for (const [first, last] of sorted) {
    const before = result.at(-1);
    if (before === undefined || first > before[1] + 1n) result.push([first, last]);
    else if (last > before[1]) before[1] = last;
  }
  return result;
}
