import * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import { firewall } from "../render/registry.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { firewallOf, runtimesOf, setFirewall } from "./foundation.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/** What a `HostFirewall` is made from. */
export interface HostFirewallArgs {
  /** The box; what its programs declare is open, and nothing else is. */
  readonly box: Box;
  /** The pool whose hosts these are. @default all pools that the box configures */
  readonly pool?: string | undefined;
  /** Names of the hosts, where they are not all of the pool. @default all */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * The firewall of the hosts that a box configures: closed on every interface but for the declared ports, for the operator's
 * SSH and for pods. A host whose rules cannot be loaded at boot stays closed but for the operator.
 *
 * It comes after the hosts' networks, whose interfaces the rules name, and before what serves, which requires it: a component
 * whose hosts have none yet makes one. Packages are installed on all hosts at once; rules are changed member by member in each
 * pool, holders of virtual IPs last. Rules that lock the operator out are taken back by the host itself. No program is
 * restarted.
 *
 * Deleting it opens the hosts.
 *
 * @throws pulumi.RunError when the box has no such pool.
 * @throws pulumi.ResourceError when a host has one already.
 * @example new HostFirewall("firewall", { box }, { dependsOn: [hosts, ...networks] });
 */
export class HostFirewall extends pulumi.ComponentResource {
  constructor(name: string, args: HostFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box, pool } = args;
    const pools = pool === undefined ? firewall.pools(box) : [pool];
    const only = ({ name }: Host): boolean => args.hosts?.includes(name) ?? true;
    const configured = (host: Host): boolean => only(host) && (firewall.only?.(box, host) ?? true);
    const hosts = membersOnce(box, pools).flat().filter(configured);
    super("gatebox:index:HostFirewall", name, { box: box.name, hosts: hosts.map((host) => host.name) }, opts);
    for (const host of hosts) {
      const maker = firewallOf(host)?.maker;
      if (maker === undefined) continue;
      const message = `"${name}" is the firewall of ${host.name}, which "${maker}" has made already: make it before "${maker}", or leave it out`;
      throw new pulumi.ResourceError(message, this, true);
    }
    const units = assemblyUnits(this, name, { box, pools, only, assembly: firewall }, dependencies(opts));
    for (const { host, unit } of units) setFirewall(host, name, unit);
    endsWith(this, units.map(({ unit }) => unit)); // prettier-ignore
    this.registerOutputs({});
  }
}

/**
 * What serves on the hosts of some pools comes after their firewall. Where this stack has made none for one of the hosts, it is
 * made below `parent`.
 */
export function firewalled(
  parent: pulumi.ComponentResource,
  name: string,
  { box, pools }: { readonly box: Box; readonly pools: readonly string[] },
  before: Before,
): Before {
  for (const [index, members] of membersOnce(box, pools).entries()) {
    const lacking = members.filter((host) => (firewall.only?.(box, host) ?? true) && firewallOf(host) === undefined);
    if (lacking.length === 0) continue;
    const pool = pools[index];
    const own = pools.length === 1 ? `${name}-firewall` : `${name}-${pool ?? ""}-firewall`;
    const dependsOn = and(before, runtimesOf(lacking, name, parent, before));
    new HostFirewall(own, { box, pool, hosts: lacking.map((host) => host.name) }, { parent, dependsOn });
  }
  const units = membersOnce(box, pools).flat().flatMap((host) => firewallOf(host)?.unit ?? []); // prettier-ignore
  return and(before, units);
}
