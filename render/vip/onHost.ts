/** What a virtual IP is on one host: the pieces of the model that keepalived's texts are rendered from. */
import type { Box, Host, VirtualIp } from "../../box/model.ts";
import type { Registry, Track } from "../assembly.ts";
import { entry, familyOf, name, networkInterface, port, wholeNumber } from "../scalars.ts";

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
  readonly trackInterfaces: readonly string[];
  /** What makes the holder useful; without it the address goes to another host. */
  readonly track: Track;
}

/** The virtual IPs that a host takes part in. */
export function vipsOfHost(box: Box, host: Host): VirtualIp[] {
  return Object.values(box.virtualIps).filter((vip) => Object.hasOwn(vip.priorities, host.name));
}

/**
 * One virtual IP as `host` takes part in it. What it tracks follows from the other assemblies of the host.
 *
 * @throws Error when the host has no address on the network, or no priority.
 */
export function vipOnHost(box: Box, host: Host, vip: VirtualIp, registry: Registry): VipOnHost {
  const others = Object.keys(vip.priorities).filter((other) => other !== host.name);
  const addressOf = (one: Host): string =>
    familyOf(vip.address, `virtual IP ${vip.name}`) === 4
      ? entry(one.addresses, vip.network, `addresses of ${one.name}`)
      : entry(one.addresses6 ?? {}, vip.network, `IPv6 addresses of ${one.name}`);
  const interfaceOn = (network: string): string => entry(host.interfaces, network, `interfaces of ${host.name}`);
  const { track, networks } = registry.trackingOf(box, host, vip);
  return {
    name: vip.name,
    interface: interfaceOn(vip.network),
    address: vip.address,
    prefixLength: vip.prefixLength,
    virtualRouterId: vip.virtualRouterId,
    priority: entry(vip.priorities, host.name, `priorities of the virtual IP ${vip.name}`),
    preempt: vip.preempt,
    advertIntervalMs: vip.advertIntervalMs,
    ownAddress: addressOf(host),
    peers: others.map((other) => addressOf(entry(box.hosts, other, "hosts of the box"))),
    trackInterfaces: networks.filter((network) => network !== vip.network).map(interfaceOn),
    track,
  };
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
  for (const other of vip.trackInterfaces) networkInterface(other, `trackInterfaces of the ${what}`);
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
  checkTrack(vip.track, what);
  return vip;
}

function checkTrack(track: Track, what: string): void {
  if (track.kind !== "daemon") return;
  // The health script makes names of variables of it.
  if (!/^[A-Za-z0-9_]{1,15}$/.test(track.process))
    throw new Error(`${what}: ${JSON.stringify(track.process)} is not a name of a process (15 letters, digits, _)`);
  familyOf(track.address, what);
  port(track.port, `daemon of the ${what}`);
  if (!/^\/[A-Za-z0-9/._-]*$/.test(track.path)) throw new Error(`${what}: ${track.path} is not a plain path`);
}

function between(value: number, least: number, most: number, what: string): void {
  if (wholeNumber(value, least, what) > most) throw new Error(`${what}: ${value} is more than ${most}`);
}
