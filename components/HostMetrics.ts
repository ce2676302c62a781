import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { endsWith } from "../host/order.ts";
import { metrics } from "../render/registry.ts";
import { nginxExporterAssembly } from "../render/nginxExporter/index.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { firewalled } from "./HostFirewall.ts";
import { dependencies } from "./waiting.ts";

/** What `HostMetrics` is made from. */
export interface HostMetricsArgs {
  /** The box; without its section `monitoring` there are no metrics. */
  readonly box: Box;
}

/**
 * What monitoring is told of the hosts of a box beside the metrics that programs tell over HTTP: who holds virtual IPs, what was refused,
 * how long certificates are valid, what has become of Gatebox' transactions, and whether its files are still those. Node exporter
 * (`NodeExporters`) passes it on, and comes first. Web servers also have an exporter of nginx' metrics, which nginx comes before.
 *
 * @example new HostMetrics("host-metrics", { box }, { dependsOn: [nodeExporters, webservers] });
 */
export class HostMetrics extends pulumi.ComponentResource {
  constructor(name: string, args: HostMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box } = args;
    const pools = metrics.pools(box);
    const hosts = membersOnce(box, pools)
      .flat()
      .filter((host) => metrics.only?.(box, host) ?? true);
    super("gatebox:index:HostMetrics", name, { box: box.name, hosts: hosts.map((host) => host.name) }, opts);
    const before = firewalled(this, name, { box, pools }, dependencies(opts));
    const units = [
      ...assemblyUnits(this, name, { box, assembly: metrics }, before),
      ...assemblyUnits(this, `${name}-nginx`, { box, assembly: nginxExporterAssembly }, before),
    ];
    endsWith(this, units.map(({ unit }) => unit)); // prettier-ignore
    this.registerOutputs({});
  }
}
