import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { nodeExporter } from "../render/registry.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { firewalled } from "./HostFirewall.ts";
import { dependencies } from "./waiting.ts";

/** What `NodeExporters` is made from. */
export interface NodeExportersArgs {
  /** The box; its `monitoring` says who may ask, and where. Without that section there is no exporter. */
  readonly box: Box;
}

/**
 * Prometheus' node exporter on every host that a box configures, listening on the network that monitoring asks on. Packages
 * are installed on all hosts at once; the exporters of the pools start beside each other.
 *
 * @example new NodeExporters("node-exporters", { box }, { dependsOn: [hosts, firewall] });
 */
export class NodeExporters extends pulumi.ComponentResource {
  constructor(name: string, args: NodeExportersArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box } = args;
    const pools = nodeExporter.pools(box);
    const hosts = membersOnce(box, pools).flat().filter((host) => nodeExporter.only?.(box, host) ?? true).map((host) => host.name); // prettier-ignore
    super("gatebox:index:NodeExporters", name, { box: box.name, hosts, ...box.monitoring?.nodeExporter }, opts);
    const before = firewalled(this, name, { box, pools }, dependencies(opts));
    endsWith(this, assemblyUnits(this, name, { box, assembly: nodeExporter }, before).map(({ unit }) => unit)); // prettier-ignore
    this.registerOutputs({});
  }
}
