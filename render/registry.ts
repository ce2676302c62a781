/** All assemblies of a box, for whoever must know of all of them. */
import { nodeExporterPort } from "../box/ports.ts";
import type { Assembly, Registry } from "./assembly.ts";
import { gatewayAssembly } from "./gateway/index.ts";
import { natAssembly, natGatewaysOfHost } from "./nat/index.ts";
import { networkAssembly } from "./network/index.ts";
import { registryOf } from "./registryOf.ts";
import { vipAssembly } from "./vip/index.ts";
import { webserverAssembly } from "./webserver/index.ts";

// Stands in for the node exporter's own assembly: its port on NAT gateways.
const nodeExporter: Assembly = {
  name: "node-exporter",
  pools: natAssembly.pools,
  programs: [],
  files: () => [],
  ports: (box, host) =>
    [...new Set(natGatewaysOfHost(box, host).map(({ input }) => input))].map((network) => ({
      network,
      protocol: "tcp",
      port: nodeExporterPort,
      purpose: "node exporter",
    })),
};

/** In the order in which they are made. Of several that a virtual IP may be for, it is for the first. */
export const registry: Registry = registryOf([
  networkAssembly,
  nodeExporter,
  gatewayAssembly,
  webserverAssembly,
  natAssembly,
  vipAssembly,
]);
