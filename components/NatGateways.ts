import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { natAssembly } from "../render/nat/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { dependencies, mustHave } from "./rolling.ts";

/** What `NatGateways` is made from. */
export interface NatGatewaysArgs {
  /** The box; its `natGateways` say what is translated where. */
  readonly box: Box;
  /** The pool whose hosts these are. */
  readonly pool: string;
}

/**
 * The NAT gateways of one pool: forwarding and translation from the inner to the outer network, and the members'
 * knowledge of each other's connections. What may reach them themselves is `HostFirewall`'s.
 *
 * @throws pulumi.RunError when the box has no such pool, or no NAT gateway on it.
 * @example new NatGateways("nat", { box, pool: "nat-gateway-pool" }, { dependsOn: virtualIps });
 */
export class NatGateways extends pulumi.ComponentResource {
  constructor(name: string, args: NatGatewaysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:NatGateways", name, {}, opts);
    const { box, pool } = args;
    mustHave(box, pool, "natGateways", box.natGateways);
    assemblyUnits(this, name, { box, pools: [pool], assembly: natAssembly }, dependencies(opts));
    this.registerOutputs({});
  }
}
