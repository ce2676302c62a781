import ipaddr from "ipaddr.js";

/** A block of IPv4 addresses as unsigned 32-bit numbers. */
export interface Ipv4Range {
  /** The network address. */
  readonly first: number;
  /** The broadcast address. */
  readonly last: number;
  readonly prefix: number;
}

/** Whether a text has the form of an address; names never have. */
export function isAddress(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text);
}

/** Reads a dotted address that the schema has already accepted. */
export function addressNumber(address: string): number {
  return Buffer.from(ipaddr.IPv4.parse(address).toByteArray()).readUInt32BE();
}

/** Writes an address in dotted form. */
export function addressText(number: number): string {
  return new ipaddr.IPv4([24, 16, 8, 0].map((shift) => (number >>> shift) & 255)).toString();
}

/**
 * Reads a CIDR block that the schema has already accepted; bits behind the prefix are cleared.
 *
 * @example
 * rangeOf("192.168.2.0/24").last; // 192.168.2.255 as a number
 */
export function rangeOf(cidr: string): Ipv4Range {
  const [, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const first = ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
  const last = ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString();
  return { first: addressNumber(first), last: addressNumber(last), prefix };
}

/** Whether the address lies in the block, its first and last address included. */
export function contains(range: Ipv4Range, address: string): boolean {
  const number = addressNumber(address);
  return range.first <= number && number <= range.last;
}
