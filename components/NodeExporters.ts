import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { nodeExporter } from "../render/registry.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { dependencies } from "./rolling.ts";

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
    super("gatebox:index:NodeExporters", name, {}, opts);
    assemblyUnits(this, name, { box: args.box, assembly: nodeExporter }, dependencies(opts));
    this.registerOutputs({});
  }
}
