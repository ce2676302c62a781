import ipaddr from "ipaddr.js";

/** A block of IPv6 addresses as 128-bit numbers. */
export interface Ipv6Range {
  /** The first address: that of the network itself, which all of its routers answer to (RFC 4291, 2.6.1). */
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

/** Whether a text has the form of an IPv6 address; names and IPv4 addresses never have. */
export function isIpv6(text: string): boolean {
  return !text.includes("%") && ipaddr.IPv6.isValid(text);
}

/**
 * The one way to write an address (RFC 5952), so that equal addresses are equal texts; IPv4 addresses have only one.
 *
 * @example
 * canonicalAddress("FD00:0:0:000A::30"); // "fd00:0:0:a::30"
 */
export function canonicalAddress(address: string): string {
  return isIpv6(address) ? ipaddr.IPv6.parse(address).toRFC5952String() : address;
}

/** Reads an address that the schema has already accepted. */
export function ipv6Number(address: string): bigint {
  return BigInt(`0x${Buffer.from(ipaddr.IPv6.parse(address).toByteArray()).toString("hex")}`);
}

/** Writes an address in its canonical form. */
export function ipv6Text(number: bigint): string {
  const bytes = Buffer.from(number.toString(16).padStart(32, "0"), "hex");
  return new ipaddr.IPv6([...bytes]).toRFC5952String();
}

/**
 * Reads a prefix that the schema has already accepted; bits behind its length are cleared.
 *
 * @example
 * ipv6RangeOf("fd00:0:0:a::/64").prefix; // 64
 */
export function ipv6RangeOf(text: string): Ipv6Range {
  const [, prefix] = ipaddr.IPv6.parseCIDR(text);
  const first = ipv6Number(ipaddr.IPv6.networkAddressFromCIDR(text).toString());
  return { first, last: first + (1n << BigInt(128 - prefix)) - 1n, prefix };
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
