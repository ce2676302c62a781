/** What a box installs on a host in all. */
import type { Box, Host } from "../box/model.ts";
import { gatewayHold, gatewayPackages } from "./gateway.ts";
import { natGatewaysOfHost, natHold, natPackages } from "./natGateway.ts";
import { vipHold, vipPackages, vipsOfHost } from "./vip.ts";
import { webserverHold, webserverPackages } from "./webserver.ts";
import { entry } from "./words.ts";

/** Packages, and the units that must not start by themselves when these are installed. */
export interface Packages {
  readonly packages: readonly string[];
  readonly hold: readonly string[];
}

/**
 * The packages of everything that the box has on a host, in order and each once. They are installed before the host gets
 * its network: the way out that it gets may be the box's own, which does not stand yet when the box is set up.
 *
 * @example boxPackages(box, host) // { packages: ["conntrackd", "iproute2", …], hold: ["conntrackd.service"] }
 */
export function boxPackages(box: Box, host: Host): Packages {
  const isMember = (pool: string): boolean => entry(box.pools, pool, "pools of the box").members.includes(host.name);
  const parts: Packages[] = [
    ...(isMember(box.kubeGateways.pool) ? [{ packages: gatewayPackages, hold: gatewayHold }] : []),
    ...(isMember(box.webservers.pool) ? [{ packages: webserverPackages, hold: webserverHold }] : []),
    ...(natGatewaysOfHost(box, host).length > 0 ? [{ packages: natPackages, hold: natHold }] : []),
    ...(vipsOfHost(box, host).length > 0 ? [{ packages: vipPackages, hold: vipHold }] : []),
  ];
  return {
    packages: [...new Set(parts.flatMap(({ packages }) => packages))].sort(),
    hold: [...new Set(parts.flatMap(({ hold }) => hold))].sort(),
  };
}
