/** Where monitoring asks a host. */
import type { Box, Host } from "../box/model.ts";
import { entry } from "./scalars.ts";

/** A place on a host that monitoring comes to, and the addresses that it comes from. */
export interface MonitoringPlace {
  readonly network: string;
  /** The host's own address there. */
  readonly address: string;
  /** Addresses of monitoring's hosts there. */
  readonly from: readonly string[];
}

/**
 * The first of monitoring's networks that the host is on.
 *
 * @throws Error for a host that is on none of them, and where the box has no monitoring.
 */
export function monitoringAt(box: Box, host: Host): MonitoringPlace {
  const { pool, networks = [] } = box.monitoring ?? {};
  const network = networks.find((one) => Object.hasOwn(host.addresses, one));
  if (pool === undefined || network === undefined)
    throw new Error(`${host.name} is on none of the networks of monitoring`);
  const from = entry(box.pools, pool, "pools of the box").members.flatMap(
    (member) => box.hosts[member]?.addresses[network] ?? [],
  );
  return { network, address: entry(host.addresses, network, `addresses of ${host.name}`), from };
}
