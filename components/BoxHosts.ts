import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import type { HostRuntime } from "../host/HostRuntime.ts";
import { firewall, registry } from "../render/registry.ts";
import { allPackagesOn } from "../render/registryOf.ts";
import { endsWith } from "../host/order.ts";
import { membersOnce } from "./assemblyUnits.ts";
import { packagesOn, runtimesOf } from "./foundation.ts";
import { dependencies } from "./waiting.ts";

/** What `BoxHosts` prepares. */
export interface BoxHostsArgs {
  readonly box: Box;
}

/**
 * The hosts that a box's pools configure, each with the runtime that applies units on it and the packages of all that the box has
 * on it: installed on all hosts at once, before anything is configured. (Packages of other repositories come with the component
 * that needs them.) A component that is made before it makes the runtimes of its own hosts, and installs its own packages.
 *
 * @throws pulumi.RunError when the box lacks a pool that it names.
 * @example
 * const hosts = new BoxHosts("hosts", { box });
 * new GatewayPool("gateways", { box }, { dependsOn: hosts });
 */
export class BoxHosts extends pulumi.ComponentResource {
  /** The runtime of each host, by the host's name. */
  readonly runtimes: Readonly<Record<string, HostRuntime>>;

  constructor(name: string, args: BoxHostsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box } = args;
    // Every host that has any assembly has the firewall.
    const hosts = membersOnce(box, firewall.pools(box))
      .flat()
      .filter((host) => firewall.only?.(box, host) ?? true);
    super("gatebox:index:BoxHosts", name, { box: box.name, hosts: hosts.map((host) => host.name) }, opts);
    const runtimes = runtimesOf(hosts, name, this, dependencies(opts));
    const packages = hosts.flatMap((host, index) =>
      packagesOn({ box, host, wanted: allPackagesOn(registry, box, host) }, name, this, [
        runtimes[index] as HostRuntime,
      ]),
    );
    endsWith(this, [...runtimes, ...packages]);
    this.runtimes = Object.fromEntries(runtimes.map((runtime, index) => [hosts[index]?.name ?? "", runtime] as const));
    this.registerOutputs({});
  }
}
