import * as pulumi from "@pulumi/pulumi";
import type { Box, NatGateway as Entry, SectionDeclaration } from "../box/index.ts";
import { natAssembly } from "../render/nat/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { standaloneBox, wholeBoxOf, type Standalone } from "./boxOf.ts";
import { firewalled } from "./HostFirewall.ts";
import { perStack } from "./perStack.ts";
import { backupsFirst, mustHave } from "./rolling.ts";
import { and, dependencies } from "./waiting.ts";

/** All NAT gateways of one pool of a box. */
export interface NatGatewayOfPool {
  /** The box; its `natGateways` say what is translated where. */
  readonly box: Box;
  /** The pool whose hosts these are. */
  readonly pool: string;
}

/** A NAT gateway where no box is described: an entry of `natGateways`, and its hosts. */
export type NatGatewayAlone = Standalone<SectionDeclaration<"natGateways">[number]>;

/** What a `NatGateway` is made from: an entry of a box's `natGateways`, for example. */
export type NatGatewayArgs = NatGatewayOfPool | Entry | NatGatewayAlone;

/** What a component of this kind stands for. */
interface Wanted {
  readonly box: Box;
  readonly pool: string;
  readonly entries: readonly Entry[];
}

/**
 * The egress of a network: forwarding and translation from the inner to the outer network on each host of a pool, and the
 * members' knowledge of each other's connections. What may reach them themselves is `HostFirewall`'s.
 *
 * Several entries of one pool are one set of rules on its hosts, which is switched as a whole: the first of their components
 * carries it, and the others wait for it.
 *
 * @throws pulumi.RunError when the box has no such pool, or no NAT gateway on it, or with every violation of what is
 * described here.
 * @example for (const entry of box.natGateways) new NatGateway(entry.name, entry, { dependsOn: hosts });
 * @example
 * new NatGateway("egress", {
 *   networks: { "box-network": "192.168.1.0/24", "site-network": "10.20.0.0/24" },
 *   connection: { network: "box-network", knownHosts: "known_hosts" },
 *   hosts: { "nat-1": { addresses: { "box-network": "192.168.1.2", "site-network": "10.20.0.2" } } },
 *   input: "box-network",
 *   output: "site-network",
 *   snatAddress: "10.20.0.2",
 * });
 */
export class NatGateway extends pulumi.ComponentResource {
  /** The box that it stands on, for the virtual IPs of its pool. */
  readonly box: Box;
  /** The addresses that connections leave with, by the name of the entry. */
  readonly snatAddresses: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: NatGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box, pool, entries } = wanted(name, args);
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    const translations = entries.map(({ input, output, snatAddress }) => ({ input, output, ...snatAddress }));
    const shown = { box: box.name, pool, hosts, translations };
    const key = `${box.name}/${pool}`;
    const carrier = carriers().get(key);
    super("gatebox:index:NatGateway", name, shown, withCarrier(pool, carrier, opts));
    this.box = box;
    if (carrier === undefined) {
      const ready = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
      const earlier = earlierOf(pool);
      const formerly = { parent: opts?.parent, within: [earlier.type] };
      const units = assemblyUnits(this, name, { box, pools: [pool], assembly: natAssembly, formerly }, ready);
      carriers().set(key, units.map(({ unit }) => unit)); // prettier-ignore
    }
    endsWith(this, carriers().get(key) ?? []);
    const addresses = entries.map((entry) => [entry.name, entry.snatAddress.address] as const);
    this.snatAddresses = pulumi.output(Object.fromEntries(addresses));
    this.registerOutputs({ snatAddresses: this.snatAddresses });
  }
}

/** The units of a pool's NAT gateways, by box and pool. */
const carriers = perStack(() => new Map<string, readonly pulumi.Resource[]>());

/** In states of earlier versions there was one component for a pool. */
const earlierOf = (pool: string): { type: string; name: string } => ({
  type: "gatebox:index:NatGateways",
  name: `${pool}-nat`,
});

/** Who waits for an entry's component waits for the rules. */
function withCarrier(
  pool: string,
  carrier: readonly pulumi.Resource[] | undefined,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions {
  if (carrier !== undefined) return { ...opts, dependsOn: and(dependencies(opts), carrier) };
  return { ...opts, aliases: [...(opts?.aliases ?? []), earlierOf(pool)] };
}

function wanted(name: string, args: NatGatewayArgs): Wanted {
  const ofPool = (box: Box, pool: string): Wanted => {
    mustHave(box, pool, "natGateways", box.natGateways);
    return { box, pool, entries: box.natGateways.filter((entry) => entry.pool === pool) };
  };
  if ("box" in args) return ofPool(args.box, args.pool);
  const box = wholeBoxOf(args);
  if (box !== undefined) return { box, pool: (args as Entry).pool, entries: [args as Entry] };
  const own = standaloneBox(name, "natGateways[0]", args, (entry) => ({
    natGateways: [{ name, ...entry, pool: name }],
  }));
  return ofPool(own, name);
}
