import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { boxPackages } from "../render/boxPackages.ts";
import { registry } from "../render/registry.ts";
import { networkAssembly } from "../render/network/index.ts";
import { poolUnits, type PoolUnitsArgs } from "./poolUnits.ts";
import { dependencies } from "./rolling.ts";

/** What a `HostNetwork` is made from. */
export interface HostNetworkArgs {
  /** The box; its hosts say their addresses, hardware addresses and default gateways. */
  readonly box: Box;
  /** The pool whose hosts these are. */
  readonly pool: string;
}

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
    super("gatebox:index:HostNetwork", name, {}, opts);
    const { box, pool } = args;
    const units: PoolUnitsArgs = {
      box,
      pool,
      assembly: networkAssembly.name,
      needs: (host) => boxPackages(registry, box, host, networkAssembly.programs),
      files: (host) => networkAssembly.files(box, host, registry),
    };
    poolUnits(this, name, units, dependencies(opts));
    this.registerOutputs({});
  }
}
