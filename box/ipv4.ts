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
  return address.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}

/** Writes an address in dotted form. */
export function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

/**
 * Reads a CIDR block that the schema has already accepted; bits behind the prefix are cleared.
 *
 * @example
 * rangeOf("192.168.2.0/24").last; // 192.168.2.255 as a number
 */
export function rangeOf(cidr: string): Ipv4Range {
  const [address = "", length = ""] = cidr.split("/");
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const number = addressNumber(address);
  const first = number - (number % size);
  return { first, last: first + size - 1, prefix };
}

/** Whether the address lies in the block, its first and last address included. */
export function contains(range: Ipv4Range, address: string): boolean {
  const number = addressNumber(address);
  return range.first <= number && number <= range.last;
}
