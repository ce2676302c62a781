/** Stands in for the registry of all assemblies until each has described itself: their packages alone. */
import type { Box } from "../box/model.ts";
import type { Assembly } from "./assembly.ts";
import { gatewayHold, gatewayPackages } from "./gateway.ts";
import { natHold, natPackages } from "./natGateway.ts";
import { networkAssembly } from "./network/index.ts";
import { registryOf } from "./registryOf.ts";
import { vipHold, vipPackages } from "./vip.ts";
import { webserverHold, webserverPackages } from "./webserver.ts";

const assembly = (
  name: string,
  pools: (box: Box) => readonly string[],
  packages: readonly string[],
  maskedUntilConfigured: readonly string[],
): Assembly => ({ name, pools, programs: [{ name, packages, maskedUntilConfigured }], files: () => [] });

export const registry = registryOf([
  networkAssembly,
  assembly("gateway", (box) => [box.kubeGateways.pool], gatewayPackages, gatewayHold),
  assembly("webserver", (box) => [box.webservers.pool], webserverPackages, webserverHold),
  assembly("nat", (box) => box.natGateways.map(({ pool }) => pool), natPackages, natHold),
  assembly("vip", (box) => Object.values(box.virtualIps).map(({ pool }) => pool), vipPackages, vipHold),
]);
