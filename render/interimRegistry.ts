/** Stands in for the registry of all assemblies until each has described itself: their packages alone. */
import type { Box } from "../box/model.ts";
import type { Assembly } from "./assembly.ts";
import { gatewayAssembly } from "./gateway/index.ts";
import { natHold, natPackages } from "./natGateway.ts";
import { networkAssembly } from "./network/index.ts";
import { registryOf } from "./registryOf.ts";
import { vipHold, vipPackages } from "./vip.ts";
import { webserverAssembly } from "./webserver/index.ts";

const assembly = (
  name: string,
  pools: (box: Box) => readonly string[],
  packages: readonly string[],
  maskedUntilConfigured: readonly string[],
): Assembly => ({ name, pools, programs: [{ name, packages, maskedUntilConfigured }], files: () => [] });

export const registry = registryOf([
  networkAssembly,
  gatewayAssembly,
  webserverAssembly,
  assembly("nat", (box) => box.natGateways.map(({ pool }) => pool), natPackages, natHold),
  assembly("vip", (box) => Object.values(box.virtualIps).map(({ pool }) => pool), vipPackages, vipHold),
]);
