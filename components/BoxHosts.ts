import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { HostRuntime } from "../host/HostRuntime.ts";
import { firewall } from "../render/registry.ts";
import { dependencies, poolHosts } from "./rolling.ts";

/** What `BoxHosts` prepares. */
export interface BoxHostsArgs {
  readonly box: Box;
}

/**
 * The hosts that a box's pools configure, each with the runtime that applies units on it. Everything that is done on a
 * host depends on this, so a stack makes one of it and hands it on as `dependsOn`.
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
    super("gatebox:index:BoxHosts", name, {}, opts);
    const { box } = args;
    // Every host that has any assembly has the firewall.
    const configured = new Set(firewall.pools(box).flatMap((pool) => poolHosts(box, pool)));
    this.runtimes = Object.fromEntries(
      [...configured].map((host) => [
        host.name,
        new HostRuntime(`${name}-${host.name}`, { host }, { parent: this, dependsOn: dependencies(opts) }),
      ]),
    );
    this.registerOutputs({});
  }
}
