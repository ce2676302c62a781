import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { HostPackages } from "../host/HostPackages.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { gatewayFiles, gatewayHold, gatewayPackages } from "../render/gateway.ts";
import { claim } from "./claims.ts";
import { backupsFirst, dependencies, rolling } from "./rolling.ts";

/** What a `GatewayPool` is made from. */
export interface GatewayPoolArgs {
  /** The box; its `kubeGateways` names the pool and holds the pool's own route table. */
  readonly box: Box;
}

/**
 * The gateways between the web servers and the cluster: HAProxy with the pool's own routes on each member, and the border
 * that lets nothing else pass from the gateway network.
 *
 * Packages are installed on all members at once; configuration is changed member by member, each behind the probe of the
 * one before it. Routes that others declare (`GatewayRoute`, `ExposedService`) are fragments of their own.
 *
 * @example new GatewayPool("gateways", { box }, { dependsOn: hosts });
 */
export class GatewayPool extends pulumi.ComponentResource {
  constructor(name: string, args: GatewayPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:GatewayPool", name, {}, opts);
    const { box } = args;
    const hosts = backupsFirst(box, box.kubeGateways.pool);
    for (const route of box.kubeGateways.routes) claimGatewayPort(box, route.port, this, name);

    const packages = hosts.map(
      (host) =>
        new HostPackages(
          `${name}-${host.name}`,
          { host, packages: gatewayPackages, hold: gatewayHold },
          { parent: this, dependsOn: dependencies(opts) },
        ),
    );
    rolling(hosts, [...dependencies(opts), ...packages], (host, dependsOn) => {
      const files = gatewayFiles(box, host);
      const unit = `${box.name}.pool`;
      return new HostUnit(
        `${name}-${host.name}`,
        { host, assembly: "gateway", unit, files },
        { parent: this, dependsOn },
      );
    });
    this.registerOutputs({});
  }
}

/** One port of a gateway pool belongs to one route of a program. */
export function claimGatewayPort(box: Box, port: number, claimant: pulumi.ComponentResource, name: string): void {
  claim(`port ${port} of ${box.kubeGateways.pool} in box ${box.name}`, claimant, name);
}
