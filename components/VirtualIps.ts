import * as pulumi from "@pulumi/pulumi";
import type { Box, BoxDeclaration, SectionDeclaration } from "../box/index.ts";
import { vipAssembly } from "../render/vip/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { standaloneBox, type Standalone } from "./boxOf.ts";
import { firewalled } from "./HostFirewall.ts";
import { backupsFirst, mustHave, rolling } from "./rolling.ts";
import { dependencies } from "./waiting.ts";

/** The virtual IPs of one pool of a box. */
export interface VirtualIpsOfBox {
  /** The box; its `virtualIps` hold the addresses. */
  readonly box: Box;
  /** The pool whose addresses these are. */
  readonly pool: string;
}

/** Virtual IPs of hosts of which no box is described: entries of `virtualIps` by name, and the hosts. */
export type VirtualIpsAlone = Standalone<object> & {
  readonly addresses: Readonly<Record<string, Omit<SectionDeclaration<"virtualIps">[string], "pool">>>;
};

/** What `VirtualIps` is made from. */
export type VirtualIpsArgs = VirtualIpsOfBox | VirtualIpsAlone;

/**
 * The virtual IPs of one pool: keepalived on each member, and what makes a member that is not well give its addresses up.
 * All addresses of a host are one unit, since keepalived does not run without any. The member that should hold them is
 * changed last.
 *
 * @throws pulumi.RunError when the box has no such pool, or no VIP for it, or with every violation of what is described here.
 * @example new VirtualIps("webservers-vips", { box, pool: "webservers-pool" }, { dependsOn: webservers });
 * @example
 * new VirtualIps("databases", {
 *   networks: { lan: "10.20.0.0/24" },
 *   connection: { network: "lan", knownHosts: "known_hosts" },
 *   hosts: { "db-1": { addresses: { lan: "10.20.0.11" } }, "db-2": { addresses: { lan: "10.20.0.12" } } },
 *   addresses: {
 *     database: { network: "lan", address: "10.20.0.10", virtualRouterId: 7, priorities: { "db-1": 110, "db-2": 100 } },
 *   },
 * });
 */
export class VirtualIps extends pulumi.ComponentResource {
  /** The addresses, by their names. */
  readonly addresses: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: VirtualIpsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box, pool } = "addresses" in args ? alone(name, args) : args;
    mustHave(box, pool, "virtualIps", Object.values(box.virtualIps));
    const own = Object.values(box.virtualIps).filter((vip) => vip.pool === pool);
    const shown = own.map(({ name: vip, address, network, virtualRouterId, priorities }) => [
      vip,
      { address, network, virtualRouterId, priorities },
    ]);
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    const inputs = { box: box.name, pool, hosts, virtualIps: Object.fromEntries(shown) as object };
    super("gatebox:index:VirtualIps", name, inputs, opts);
    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    const units = assemblyUnits(this, name, { box, pools: [pool], assembly: vipAssembly, order: rolling }, before);
    endsWith(this, units.map(({ unit }) => unit)); // prettier-ignore
    this.addresses = pulumi.output(Object.fromEntries(own.map((vip) => [vip.name, vip.address] as const)));
    this.registerOutputs({ addresses: this.addresses });
  }
}

function alone(pool: string, args: VirtualIpsAlone): VirtualIpsOfBox {
  const box = standaloneBox(pool, "virtualIps", args, ({ addresses }) => ({
    virtualIps: Object.fromEntries(
      Object.entries(addresses as VirtualIpsAlone["addresses"]).map(([name, vip]) => [name, { ...vip, pool }]),
    ) satisfies BoxDeclaration["virtualIps"],
  }));
  return { box, pool };
}
