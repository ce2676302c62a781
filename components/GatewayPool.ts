import * as pulumi from "@pulumi/pulumi";
import { kubeGatewaysOf, type Box } from "../box/index.ts";
import { gatewayAssembly } from "../render/gateway/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { boxOf, type PartArgs } from "./boxOf.ts";
import { claim } from "./claims.ts";
import { firewalled } from "./HostFirewall.ts";
import { backupsFirst } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { dependencies } from "./waiting.ts";

/**
 * What a `GatewayPool` is made from: a box, its section `kubeGateways`, or that section's keys with `hosts`, `networks` and
 * `connection` beside them, where no box is described.
 */
export type GatewayPoolArgs = PartArgs<"kubeGateways">;

/**
 * The gateways between the web servers and the cluster: HAProxy with the pool's own routes on each member, and the border
 * that lets nothing else pass from the gateway network.
 *
 * Routes that others declare (`GatewayRoute`, `ExposedService`) are fragments of their own.
 *
 * @throws pulumi.RunError when the box has no such pool, or with every violation of what is described here.
 * @example new GatewayPool("gateways", { box }, { dependsOn: hosts });
 * @example
 * new GatewayPool("gateways", {
 *   networks: { "gateway-network": "192.168.2.0/24", "box-network": "192.168.1.0/24" },
 *   connection: { network: "box-network", knownHosts: "known_hosts" },
 *   hosts: { "gateway-1": { addresses: { "gateway-network": "192.168.2.11", "box-network": "192.168.1.11" } } },
 *   network: "gateway-network",
 *   backendNetwork: "box-network",
 *   routes: { registry: { mode: "tcp", port: 30500, destination: { group: { name: "gateways" } } } },
 * });
 */
export class GatewayPool extends pulumi.ComponentResource {
  /** The box that it stands on, for the routes through it. */
  readonly box: Box;

  constructor(name: string, args: GatewayPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const box = boxOf(name, "kubeGateways", args);
    const { pool, routes, ...gateways } = orRunError(() => kubeGatewaysOf(box));
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    const ports = routes.map(({ port }) => port);
    super("gatebox:index:GatewayPool", name, { box: box.name, pool, hosts, ports, ...gateways }, opts);
    this.box = box;
    for (const port of ports) claimGatewayPort(box, port, this, name);

    if (pulumi.runtime.isDryRun()) void pulumi.log.info(supportedKubeProxy, this);
    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    const units = assemblyUnits(this, name, { box, pools: [pool], assembly: gatewayAssembly }, before);
    endsWith(this, units.map(({ unit }) => unit)); // prettier-ignore
    this.registerOutputs({});
  }
}

/** What a preview cannot know of the cluster, and each gateway tries when it is changed. */
const supportedKubeProxy =
  "the gateways' kube-proxy is to be in its mode iptables or nftables; in others it takes declared ports before HAProxy, and up refuses them";

/** One port of a gateway pool belongs to one route of a stack. */
export function claimGatewayPort(box: Box, port: number, claimant: pulumi.ComponentResource, name: string): void {
  claim(`port ${port} of ${kubeGatewaysOf(box).pool} in box ${box.name}`, claimant, name);
}
