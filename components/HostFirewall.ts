import * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import { HostPackages } from "../host/HostPackages.ts";
import { HostUnit } from "../host/HostUnit.ts";
import type { Registry } from "../render/assembly.ts";
import { packagesOf } from "../render/registryOf.ts";
import { backupsFirst, dependencies, rolling } from "./rolling.ts";

const assembly = "firewall";

/** What a `HostFirewall` is made from. */
export interface HostFirewallArgs {
  /** The box; what its assemblies declare is open, and nothing else is. */
  readonly box: Box;
  /** The pool whose hosts these are. @default all hosts that the box configures */
  readonly pool?: string;
  /** All assemblies, the firewall among them. */
  readonly registry: Registry;
}

/**
 * The firewall of the hosts that a box configures: closed on every interface but for the declared ports, for the operator's
 * SSH and for pods. A host whose rules cannot be loaded at boot stays closed but for the operator.
 *
 * It comes after the hosts' networks, whose interfaces the rules name, and before what serves, which requires it. Packages are
 * installed on all hosts at once; rules are changed member by member in each pool, holders of virtual IPs last. Rules that
 * lock the operator out are taken back by the host itself. No program is restarted.
 *
 * Deleting it opens the hosts.
 *
 * @throws pulumi.RunError when the box has no such pool, or none of its hosts is configured.
 * @example new HostFirewall("firewall", { box }, { dependsOn: [hosts, ...networks] });
 */
export class HostFirewall extends pulumi.ComponentResource {
  constructor(name: string, args: HostFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:HostFirewall", name, {}, opts);
    const { box, registry } = args;
    const firewall = registry.assemblies.find((one) => one.name === assembly);
    if (firewall === undefined) throw new Error(`the registry has no assembly "${assembly}"`);
    const pools = rollingPools(box, args.pool === undefined ? firewall.pools(box) : [args.pool]);
    const configured = pools.map((hosts) =>
      hosts.filter((host) => registry.assembliesOf(box, host).includes(firewall)),
    );
    const hosts = configured.flat();
    if (hosts.length === 0)
      throw new pulumi.RunError(
        `box ${box.name} configures no host${args.pool === undefined ? "" : ` of pool "${args.pool}"`}: leave the firewall out`,
      );
    const before = dependencies(opts);
    const needs = packagesOf(firewall.programs);
    const packages = hosts.map(
      (host) => new HostPackages(`${name}-${host.name}`, { host, ...needs }, { parent: this, dependsOn: before }),
    );
    for (const members of configured) {
      rolling(members, [...before, ...packages], (host, dependsOn) => {
        const files = firewall.files(box, host, registry);
        const unit = { host, assembly, unit: `${box.name}.pool`, files };
        return new HostUnit(`${name}-${host.name}`, unit, { parent: this, dependsOn });
      });
    }
    this.registerOutputs({});
  }
}

/** The hosts of each pool in the order in which they are changed; a host of several pools is among those of the first. */
function rollingPools(box: Box, pools: readonly string[]): readonly (readonly Host[])[] {
  const taken = new Set<string>();
  return pools.map((pool) => {
    const hosts = backupsFirst(box, pool).filter(({ name }) => !taken.has(name));
    for (const { name } of hosts) taken.add(name);
    return hosts;
  });
}
