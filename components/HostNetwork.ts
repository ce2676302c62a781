import * as pulumi from "@pulumi/pulumi";
import type { Box, Host, SectionDeclaration } from "../box/index.ts";
import { registry } from "../render/registry.ts";
import { allPackagesOn, type Packages } from "../render/registryOf.ts";
import { networkAssembly } from "../render/network/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { standaloneBox, type Standalone } from "./boxOf.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { dependencies } from "./waiting.ts";

/** The network of the hosts of one pool of a box. */
export interface HostNetworkOfPool {
  /** The box; its hosts say their addresses, hardware addresses and default gateways. */
  readonly box: Box;
  /** The pool whose hosts these are. */
  readonly pool: string;
}

/** The network of hosts of which no box is described: the keys of `hostNetworks`, and the hosts. */
export type HostNetworkAlone = Standalone<Omit<SectionDeclaration<"hostNetworks">, "pools">>;

/** What a `HostNetwork` is made from. */
export type HostNetworkArgs = HostNetworkOfPool | HostNetworkAlone;

/**
 * The network of the hosts of one pool, written with netplan: interfaces that are found by their hardware addresses and
 * carry their network's name, addresses, the default route. Addresses that others have given a host (virtual IPs) stay.
 *
 * Packages are installed on all members at once, also those that the box needs for its other work on them, because the
 * default route may lead over gateways that the box has yet to make. Networks are changed member by member, holders of
 * virtual IPs last; one that cuts its host off, or is not what was declared, is taken back by the host itself.
 *
 * Deleting it gives the configuration back to the files that were there before; no address is taken away by that.
 *
 * @throws pulumi.RunError when the box has no such pool.
 * @example
 * const hosts = new BoxHosts("hosts", { box });
 * const network = new HostNetwork("gateways-network", { box, pool: "kube-gateway-pool" }, { dependsOn: hosts });
 * new GatewayPool("gateways", { box }, { dependsOn: [hosts, network] });
 */
export class HostNetwork extends pulumi.ComponentResource {
  constructor(name: string, args: HostNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box, pool } = "box" in args ? args : alone(name, args);
    const hosts = backupsFirst(box, pool).map(({ name: host, addresses, defaultGateway }) => ({ host, addresses, defaultGateway })); // prettier-ignore
    super("gatebox:index:HostNetwork", name, { box: box.name, pool, hosts }, opts);
    const packages = (host: Host): Packages => allPackagesOn(registry, box, host);
    const network = { box, pools: [pool], assembly: networkAssembly, packages, order: rolling };
    endsWith(
      this,
      assemblyUnits(this, name, network, dependencies(opts)).map(({ unit }) => unit),
    );
    this.registerOutputs({});
  }
}

function alone(pool: string, args: HostNetworkAlone): HostNetworkOfPool {
  const box = standaloneBox(pool, "hostNetworks", args, (own) => ({ hostNetworks: { ...own, pools: [pool] } }));
  return { box, pool };
}
