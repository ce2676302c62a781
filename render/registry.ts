/** All assemblies of a box, for whoever must know of all of them. */
import type { Assembly, Registry } from "./assembly.ts";
import { firewallAssembly } from "./firewall/index.ts";
import { gatewayAssembly } from "./gateway/index.ts";
import { natAssembly } from "./nat/index.ts";
import { networkAssembly } from "./network/index.ts";
import { nodeExporterAssembly } from "./nodeExporter/index.ts";
import { registryOf } from "./registryOf.ts";
import { vipAssembly } from "./vip/index.ts";
import { webserverAssembly } from "./webserver/index.ts";

/** In the order in which they are made. Of several that a virtual IP may be for, it is for the first. */
const programs: readonly Assembly[] = [networkAssembly, gatewayAssembly, webserverAssembly, natAssembly, vipAssembly];

/** The node exporter of every host that has any of them. */
export const nodeExporter = nodeExporterAssembly(programs);

/** The firewall of every host that has any of them. */
export const firewall = firewallAssembly(programs);

export const registry: Registry = registryOf([...programs, nodeExporter, firewall]);
