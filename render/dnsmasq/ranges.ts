/** Ranges of addresses, as DHCP has them. */
import { addressNumber, addressText, rangeOf as blockOf } from "../../box/ipv4.ts";
import { address, cidr } from "../scalars.ts";

/** A range of addresses, both ends included. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** The network address and the mask of a block, for example `192.168.1.0` and `255.255.255.0`. */
export function rangeOf(block: string): { readonly first: string; readonly mask: string } {
  const { first, prefix } = blockOf(cidr(block, "network"));
  return { first: addressText(first), mask: addressText((0xffffffff << (32 - prefix)) >>> 0) };
}

/**
 * The part of a range that one of several servers gives out: each has its own, as none knows what the others have given. The
 * first parts are one longer where it cannot be shared evenly.
 *
 * @throws Error where there are fewer addresses than servers.
 * @example splitRange({ first: "10.0.0.10", last: "10.0.0.14" }, 2, 1) // { first: "10.0.0.13", last: "10.0.0.14" }
 */
export function splitRange({ first, last }: AddressRange, servers: number, place: number): AddressRange {
  const [from, to] = [first, last].map((one) => addressNumber(address(one, "range of leases"))) as [number, number];
  const count = to - from + 1;
  if (place < 0 || place >= servers || count < servers)
    throw new Error(`range of leases: ${first} to ${last} cannot be shared by ${servers} servers`);
  const begins = (part: number): number => from + part * Math.floor(count / servers) + Math.min(part, count % servers);
  return { first: addressText(begins(place)), last: addressText(begins(place + 1) - 1) };
}
