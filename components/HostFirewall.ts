import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { firewall } from "../render/registry.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { dependencies } from "./rolling.ts";

/** What a `HostFirewall` is made from. */
export interface HostFirewallArgs {
  /** The box; what its programs declare is open, and nothing else is. */
  readonly box: Box;
  /** The pool whose hosts these are. @default all pools that the box configures */
  readonly pool?: string;
}

/**
 * The firewall of the hosts that a box configures: closed on every interface but for the declared ports, for the operator's
 * SSH and for pods. A host whose rules cannot be loaded at boot stays closed but for the operator.
 *
 * It comes after the hosts' networks, whose interfaces the rules name, and before what serves, which requires it. Packages are
 * installed on all hosts at once; rules are changed member by member in each pool, holders of virtual IPs last. Rules that
 * lock the operator out are taken back by the host itself. No program is restarted.
 *
 * Deleting it opens the hosts.
 *
 * @throws pulumi.RunError when the box has no such pool.
 * @example new HostFirewall("firewall", { box }, { dependsOn: [hosts, ...networks] });
 */
export class HostFirewall extends pulumi.ComponentResource {
  constructor(name: string, args: HostFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:HostFirewall", name, {}, opts);
    const { box, pool } = args;
    const pools = pool === undefined ? firewall.pools(box) : [pool];
    assemblyUnits(this, name, { box, pools, assembly: firewall }, dependencies(opts));
    this.registerOutputs({});
  }
}
