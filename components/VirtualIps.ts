import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { vipAssembly } from "../render/vip/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { dependencies, mustHave } from "./rolling.ts";

/** What `VirtualIps` is made from. */
export interface VirtualIpsArgs {
  /** The box; its `virtualIps` hold the addresses. */
  readonly box: Box;
  /** The pool whose addresses these are. */
  readonly pool: string;
}

/**
 * The virtual IPs of one pool: keepalived on each member, and what makes a member that is not well give its addresses up.
 * All addresses of a host are one unit, since keepalived does not run without any. The member that should hold them is
 * changed last.
 *
 * @throws pulumi.RunError when the box has no such pool, or no VIP for it.
 * @example new VirtualIps("webservers-vips", { box, pool: "webservers-pool" }, { dependsOn: webservers });
 */
export class VirtualIps extends pulumi.ComponentResource {
  constructor(name: string, args: VirtualIpsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:VirtualIps", name, {}, opts);
    const { box, pool } = args;
    mustHave(box, pool, "virtualIps", Object.values(box.virtualIps));
    assemblyUnits(this, name, { box, pools: [pool], assembly: vipAssembly }, dependencies(opts));
    this.registerOutputs({});
  }
}
