import * as pulumi from "@pulumi/pulumi";
import { dnsOf, type Box, type Dns, type SectionDeclaration } from "../box/index.ts";
import { dnsmasqAssembly } from "../render/dnsmasq/index.ts";
import { resolver } from "../render/registry.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { standaloneBox, wholeBoxOf, type Standalone } from "./boxOf.ts";
import { firewalled } from "./HostFirewall.ts";
import { backupsFirst } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { and, dependencies } from "./waiting.ts";

/** Name servers of hosts of which no box is described: the section, and its hosts, one or two. */
export type BoxDnsAlone = Omit<Standalone<object>, "dns"> & { readonly dns: Omit<SectionDeclaration<"dns">, "pool"> };

/**
 * What a `BoxDns` is made from: a box, its section `dns`, or that section with `hosts`, `networks` and `connection` beside it.
 * All of `hosts` are name servers there; hosts that are only named belong into `records`.
 */
export type BoxDnsArgs = { readonly box: Box } | Dns | BoxDnsAlone;

/**
 * The box's own name servers (dnsmasq), one or two, and the resolver of every host that the box configures. The servers come
 * first, one after the other; then the hosts ask them.
 *
 * A host has the names of the box in `/etc/hosts` as well, so none of them is lost while the name servers are dead; for other
 * names it goes on with the first of `forwarders` after a second. Deleting it gives each host the resolver that it had; leases
 * stay.
 *
 * @throws pulumi.RunError when the box has none, or with every violation of what is described here.
 * @example new BoxDns("dns", { box }, { dependsOn: [hosts, firewall] });
 * @example
 * new BoxDns("names", {
 *   networks: { lan: "10.20.0.0/24" },
 *   connection: { network: "lan", knownHosts: "known_hosts" },
 *   hosts: { "ns-1": { addresses: { lan: "10.20.0.2" } }, "ns-2": { addresses: { lan: "10.20.0.3" } } },
 *   dns: { networks: ["lan"], domains: ["site.example"], records: { www: "10.20.0.80" }, forwarders: ["9.9.9.9"] },
 * });
 */
export class BoxDns extends pulumi.ComponentResource {
  /** The box that it stands on. */
  readonly box: Box;
  /** Addresses of the name servers, for clients that the stack does not configure. */
  readonly addresses: pulumi.Output<readonly string[]>;

  constructor(name: string, args: BoxDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    const box = wholeBoxOf(args) ?? alone(name, args as BoxDnsAlone);
    const { pool, networks, domains, records, forwarders, forward, dhcp } = orRunError(() => dnsOf(box));
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    const names = records.map((record) => record.name);
    const shown = { box: box.name, pool, hosts, networks, domains, names, forwarders, forward };
    super("gatebox:index:BoxDns", name, { ...shown, dhcp: Object.keys(dhcp) }, opts);
    this.box = box;
    const before = dependencies(opts);
    const servers = assemblyUnits(
      this,
      name,
      { box, pools: [pool], assembly: dnsmasqAssembly },
      firewalled(this, name, { box, pools: [pool] }, before),
    );
    const serving = and(before, servers.map(({ unit }) => unit)); // prettier-ignore
    const resolvers = assemblyUnits(
      this,
      `${name}-resolver`,
      { box, assembly: resolver },
      firewalled(this, name, { box, pools: resolver.pools(box) }, serving),
    );
    endsWith(this, resolvers.map(({ unit }) => unit)); // prettier-ignore
    const listening = membersOnce(box, [pool]).flat().flatMap((host) => networks.flatMap((network) => host.addresses[network] ?? [])); // prettier-ignore
    this.addresses = pulumi.all(servers.map(({ unit }) => unit.urn)).apply(() => listening);
    this.registerOutputs({ addresses: this.addresses });
  }
}

/** All hosts are name servers: the pool has the component's name. */
function alone(name: string, args: BoxDnsAlone): Box {
  // No section's keys stand beside the hosts, so every path is told as it is written.
  return standaloneBox(name, "none", args, () => ({ dns: { ...args.dns, pool: name } }));
}
