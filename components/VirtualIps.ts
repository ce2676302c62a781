import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";
import { HostPackages } from "../host/HostPackages.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { vipFiles, vipHold, vipPackages } from "../render/vip.ts";
import { backupsFirst, dependencies, rolling } from "./rolling.ts";

/** What `VirtualIps` is made from. */
export interface VirtualIpsArgs {
  /** The box; its `virtualIps` hold the addresses. */
  readonly box: Box;
  /** The pool whose addresses these are. */
  readonly pool: string;
}

/**
 * The virtual IPs of one pool: keepalived on each member, and what makes a member that is not well give its addresses up.
 * All addresses of a host are one unit, since keepalived does not run without any. The member that should hold them is
 * changed last.
 *
 * @example new VirtualIps("webservers-vips", { box, pool: "webservers-pool" }, { dependsOn: webservers });
 */
export class VirtualIps extends pulumi.ComponentResource {
  constructor(name: string, args: VirtualIpsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:VirtualIps", name, {}, opts);
    const { box, pool } = args;
    const members = backupsFirst(box, pool);
    const before = dependencies(opts);

    const packages = members.map(
      (host) =>
        new HostPackages(
          `${name}-${host.name}`,
          { host, packages: vipPackages, hold: vipHold },
          { parent: this, dependsOn: before },
        ),
    );
    rolling(members, [...before, ...packages], (host, dependsOn) => {
      const files = vipFiles(box, host);
      return new HostUnit(
        `${name}-${host.name}`,
        { host, assembly: "vip", unit: `${box.name}.pool`, files },
        { parent: this, dependsOn },
      );
    });
    this.registerOutputs({});
  }
}
