/** What a virtual IP is on one host: the pieces of the model that keepalived's texts are rendered from. */
import { familyOf, name, networkInterface, port, wholeNumber } from "./scalars.ts";

/** What makes the holder of a virtual IP useful; without it the address goes to another host. */
export type VipUse =
  /** A daemon that answers HTTP on this host. `process` is its name in `/proc/PID/comm`. */
  | {
      readonly kind: "daemon";
      readonly process: "haproxy" | "nginx";
      readonly address: string;
      readonly port: number;
      readonly path: string;
    }
  /** The kernel routes and the rules of the NAT gateway stand. */
  | { readonly kind: "forwarding" }
  /** Nothing but the interface. */
  | { readonly kind: "interface" };

/** One virtual IP as one host takes part in it. */
export interface VipOnHost {
  /** Unique in the box; the name of keepalived's instance and of the file with its state. */
  readonly name: string;
  readonly interface: string;
  /** IPv4 or IPv6; each address is an instance of its own, as VRRP wants it. */
  readonly address: string;
  readonly prefixLength: number;
  /** 1–255, unique on the network and per family. */
  readonly virtualRouterId: number;
  /** 2–254; a host that is drained falls to 1. The host with the highest one holds the address. */
  readonly priority: number;
  /** Whether a host of higher priority takes the address back when it returns. */
  readonly preempt: boolean;
  /** Milliseconds between adverts; a holder that dies is missed after three and a half of them. */
  readonly advertIntervalMs: number;
  /** The host's own address on the network, of the same family. */
  readonly ownAddress: string;
  /** The own addresses of the others. */
  readonly peers: readonly string[];
  /** Other interfaces without which the holder is of no use. */
  readonly alsoNeeds: readonly string[];
  readonly use: VipUse;
}

/** The largest distance of two adverts in VRRPv3, in milliseconds: 4095 hundredths of a second (RFC 5798, 5.2.7). */
export const longestAdvertMs = 40_950;

/**
 * Returns `vip` if each value can stand in a configuration file.
 * @throws Error that names the virtual IP, the value and the rule.
 */
export function checkedVip(vip: VipOnHost): VipOnHost {
  const what = `virtual IP ${vip.name}`;
  name(vip.name, "name of a virtual IP");
  networkInterface(vip.interface, `interface of the ${what}`);
  for (const other of vip.alsoNeeds) networkInterface(other, `alsoNeeds of the ${what}`);
  const family = familyOf(vip.address, what);
  for (const one of [vip.ownAddress, ...vip.peers]) {
    if (familyOf(one, what) !== family)
      throw new Error(`${what}: ${one} and ${vip.address} are of different families; make two virtual IPs`);
    if (one === vip.address) throw new Error(`${what}: ${one} is a host's own address`);
  }
  if (vip.peers.includes(vip.ownAddress)) throw new Error(`${what}: ${vip.ownAddress} is among its own peers`);
  between(vip.prefixLength, 1, family === 4 ? 32 : 128, `prefixLength of the ${what}`);
  between(vip.virtualRouterId, 1, 255, `virtualRouterId of the ${what}`);
  between(vip.priority, 2, 254, `priority of the ${what}`);
  between(vip.advertIntervalMs, 10, longestAdvertMs, `advertIntervalMs of the ${what}`);
  if (vip.advertIntervalMs % 10 !== 0)
    throw new Error(`advertIntervalMs of the ${what}: ${vip.advertIntervalMs}; VRRPv3 counts in steps of 10 ms`);
  if (vip.use.kind === "daemon") {
    familyOf(vip.use.address, what);
    port(vip.use.port, `daemon of the ${what}`);
    if (!/^\/[A-Za-z0-9/._-]*$/.test(vip.use.path)) throw new Error(`${what}: ${vip.use.path} is not a plain path`);
  }
  return vip;
}

function between(value: number, least: number, most: number, what: string): void {
  if (wholeNumber(value, least, what) > most) throw new Error(`${what}: ${value} is more than ${most}`);
}
