import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import type { HostRuntime } from "../host/HostRuntime.ts";
import { firewall } from "../render/registry.ts";
import { endsWith } from "../host/order.ts";
import { membersOnce } from "./assemblyUnits.ts";
import { runtimesOf } from "./foundation.ts";
import { dependencies } from "./waiting.ts";

/** What `BoxHosts` prepares. */
export interface BoxHostsArgs {
  readonly box: Box;
}

/**
 * The hosts that a box's pools configure, each with the runtime that applies units on it. A component that is made before it
 * makes the runtimes of its own hosts.
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
    endsWith(this, runtimes);
    this.runtimes = Object.fromEntries(runtimes.map((runtime, index) => [hosts[index]?.name ?? "", runtime] as const));
    this.registerOutputs({});
  }
}
