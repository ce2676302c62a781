import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { HostPackages } from "../host/HostPackages.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { natFiles, natHold, natPackages } from "../render/natGateway.ts";
import { backupsFirst, dependencies, rolling } from "./rolling.ts";

/** What `NatGateways` is made from. */
export interface NatGatewaysArgs {
  /** The box; its `natGateways` say what is translated where. */
  readonly box: Box;
  /** The pool whose hosts these are. */
  readonly pool: string;
}

/**
 * The NAT gateways of one pool: forwarding and translation from the inner to the outer network, a firewall that lets in
 * only what is declared, and the members' knowledge of each other's connections.
 *
 * @example new NatGateways("nat", { box, pool: "nat-gateway-pool" }, { dependsOn: virtualIps });
 */
export class NatGateways extends pulumi.ComponentResource {
  constructor(name: string, args: NatGatewaysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:NatGateways", name, {}, opts);
    const { box, pool } = args;
    const members = backupsFirst(box, pool);
    const before = dependencies(opts);
    const packages = members.map(
      (host) =>
        new HostPackages(
          `${name}-${host.name}`,
          { host, packages: natPackages, hold: natHold },
          { parent: this, dependsOn: before },
        ),
    );
    rolling(members, [...before, ...packages], (host, dependsOn) => {
      const files = natFiles(box, host);
      return new HostUnit(
        `${name}-${host.name}`,
        { host, assembly: "nat", unit: `${box.name}.pool`, files },
        { parent: this, dependsOn },
      );
    });
    this.registerOutputs({});
  }
}
