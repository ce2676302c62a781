/** Which connections the gateways of a pool report to each other, and between whom. */
import type { Box, Host, NatGateway, VirtualIp } from "../../box/model.ts";
import { entry, familyOf } from "../scalars.ts";

/** One gateway's part in it. */
export interface Sync {
  /** The network that the reports go over. */
  readonly network: string;
  readonly interface: string;
  readonly ownAddress: string;
  readonly peers: readonly string[];
  readonly ownAddresses: readonly string[];
  /** The virtual IPs whose holder the connections are routed through. */
  readonly virtualIps: readonly VirtualIp[];
}

/**
 * Connections are worth reporting where another host can go on with them: it has the same source address after a failover.
 * undefined where there is no such connection, or no other host.
 */
export function syncOf(box: Box, host: Host, gateways: readonly NatGateway[]): Sync | undefined {
  const synced = gateways.filter((gateway) => gateway.snatAddress.virtualIp !== undefined);
  const [first] = synced;
  if (!first) return undefined;
  const peers = peersOn(box, host, first.pool, first.input);
  if (peers.length === 0) return undefined;
  const pool = entry(box.pools, first.pool, "pools of the box").members.map((name) =>
    entry(box.hosts, name, "hosts of the box"),
  );
  // Nothing is translated over IPv6.
  const virtual = Object.values(box.virtualIps).filter(
    (vip) => familyOf(vip.address, vip.name) === 4 && synced.some((gateway) => gateway.pool === vip.pool),
  );
  // The event of one address is enough: those of a group come together. Without one on the input side, it is the SNAT address'.
  const inputs = synced.map(
    (gateway) =>
      virtual.find((vip) => vip.pool === gateway.pool && vip.network === gateway.input) ??
      virtual.find((vip) => vip.name === gateway.snatAddress.virtualIp),
  );
  return {
    network: first.input,
    interface: entry(host.interfaces, first.input, `interfaces of ${host.name}`),
    ownAddress: entry(host.addresses, first.input, `addresses of ${host.name}`),
    peers,
    ownAddresses: [...pool.flatMap((one) => Object.values(one.addresses)), ...virtual.map((vip) => vip.address)],
    virtualIps: [...new Set(inputs.filter((vip) => vip !== undefined))],
  };
}

function peersOn(box: Box, host: Host, pool: string, network: string): string[] {
  return entry(box.pools, pool, "pools of the box")
    .members.filter((name) => name !== host.name)
    .map((name) => entry(entry(box.hosts, name, "hosts of the box").addresses, network, `addresses of ${name}`));
}
