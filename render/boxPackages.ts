/** What a box installs on a host in all. */
import type { Box, Host } from "../box/model.ts";
import { gatewayAssembly } from "./gateway/index.ts";
import { natAssembly, natGatewaysOfHost } from "./nat/index.ts";
import { packagesOf } from "./registryOf.ts";
import { vipAssembly } from "./vip/index.ts";
import { vipsOfHost } from "./vip/onHost.ts";
import { webserverAssembly } from "./webserver/index.ts";
import { entry } from "./scalars.ts";

/** Packages, and the units that must not start by themselves when these are installed. */
export interface Packages {
  readonly packages: readonly string[];
  readonly maskedUntilConfigured: readonly string[];
}

/**
 * The packages of everything that the box has on a host, in order and each once. They are installed before the host gets
 * its network: the way out that it gets may be the box's own, which does not stand yet when the box is set up.
 *
 * @example boxPackages(box, host) // { packages: ["conntrackd", "iproute2", …], maskedUntilConfigured: ["conntrackd.service"] }
 */
export function boxPackages(box: Box, host: Host): Packages {
  const isMember = (pool: string): boolean => entry(box.pools, pool, "pools of the box").members.includes(host.name);
  const parts: Packages[] = [
    ...(isMember(box.kubeGateways.pool) ? [packagesOf(gatewayAssembly.programs)] : []),
    ...(isMember(box.webservers.pool) ? [packagesOf(webserverAssembly.programs)] : []),
    ...(natGatewaysOfHost(box, host).length > 0 ? [packagesOf(natAssembly.programs)] : []),
    ...(vipsOfHost(box, host).length > 0 ? [packagesOf(vipAssembly.programs)] : []),
  ];
  return {
    packages: [...new Set(parts.flatMap(({ packages }) => packages))].sort(),
    maskedUntilConfigured: [...new Set(parts.flatMap(({ maskedUntilConfigured: hold }) => hold))].sort(),
  };
}
