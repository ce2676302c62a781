import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { gatewayAssembly } from "../render/gateway/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { claim } from "./claims.ts";
import { dependencies } from "./rolling.ts";

/** What a `GatewayPool` is made from. */
export interface GatewayPoolArgs {
  /** The box; its `kubeGateways` names the pool and holds the pool's own route table. */
  readonly box: Box;
}

/**
 * The gateways between the web servers and the cluster: HAProxy with the pool's own routes on each member, and the border
 * that lets nothing else pass from the gateway network.
 *
 * Routes that others declare (`GatewayRoute`, `ExposedService`) are fragments of their own.
 *
 * @throws pulumi.RunError when the box has no such pool.
 * @example new GatewayPool("gateways", { box }, { dependsOn: hosts });
 */
export class GatewayPool extends pulumi.ComponentResource {
  constructor(name: string, args: GatewayPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:GatewayPool", name, {}, opts);
    const { box } = args;
    const { pool } = box.kubeGateways;
    for (const route of box.kubeGateways.routes) claimGatewayPort(box, route.port, this, name);

    if (pulumi.runtime.isDryRun()) void pulumi.log.info(supportedKubeProxy, this);
    assemblyUnits(this, name, { box, pools: [pool], assembly: gatewayAssembly }, dependencies(opts));
    this.registerOutputs({});
  }
}

/** What a preview cannot know of the cluster, and each gateway tries when it is changed. */
const supportedKubeProxy =
  "the gateways' kube-proxy is to be in its mode iptables or nftables; in others it takes declared ports before HAProxy, and up refuses them";

/** One port of a gateway pool belongs to one route of a program. */
export function claimGatewayPort(box: Box, port: number, claimant: pulumi.ComponentResource, name: string): void {
  claim(`port ${port} of ${box.kubeGateways.pool} in box ${box.name}`, claimant, name);
}
