/** A block of IPv6 addresses as 128-bit numbers. */
export interface Ipv6Range {
  /** The first address: that of the network itself, which all of its routers answer to (RFC 4291, 2.6.1). */
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

/** Whether a text has the form of an IPv6 address; names and IPv4 addresses never have. */
export function isIpv6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

/**
 * The one way to write an address (RFC 5952), so that equal addresses are equal texts; IPv4 addresses have only one.
 *
 * @example
 * canonicalAddress("FD00:0:0:000A::30"); // "fd00:0:0:a::30"
 */
export function canonicalAddress(address: string): string {
  return isIpv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

/** Reads an address that the schema has already accepted. */
export function ipv6Number(address: string): bigint {
  const [head = "", tail] = canonicalAddress(address).split("::");
  const groups = (text: string | undefined): string[] => (text ? text.split(":") : []);
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(zeros).fill("0"), ...groups(tail)];
  return all.reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n);
}

/** Writes an address in its canonical form. */
export function ipv6Text(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (number >> BigInt(16 * (7 - index))) & 0xffffn);
  return canonicalAddress(groups.map((group) => group.toString(16)).join(":"));
}

/**
 * Reads a prefix that the schema has already accepted; bits behind its length are cleared.
 *
 * @example
 * ipv6RangeOf("fd00:0:0:a::/64").prefix; // 64
 */
export function ipv6RangeOf(text: string): Ipv6Range {
  const [address = "", length = ""] = text.split("/");
  const prefix = Number(length);
  const size = 1n << BigInt(128 - prefix);
  const number = ipv6Number(address);
  const first = number - (number % size);
  return { first, last: first + size - 1n, prefix };
}

/** Writes a block as a prefix, its address in canonical form. */
export function ipv6Prefix({ first, prefix }: Ipv6Range): string {
  return `${ipv6Text(first)}/${prefix}`;
}

/** Whether the address lies in the block. */
export function containsIpv6(range: Ipv6Range, address: string): boolean {
  const number = ipv6Number(address);
  return range.first <= number && number <= range.last;
}
