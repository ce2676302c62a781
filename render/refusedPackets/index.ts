/** How many packets a table of rules has refused, for monitoring. */
import type { MetricsSource } from "../assembly.ts";
import { name } from "../scalars.ts";
import { script } from "../script.ts";

/** A table of nftables that counts what it drops. */
export interface RefusingTable {
  /** Whose it is, in the metric: `border`, `nat`, `firewall`. */
  readonly place: string;
  /** Its name, of the family inet. */
  readonly table: string;
  /** The network that all that it refuses comes from. @default it refuses packets of several */
  readonly network?: string;
}

/**
 * The source of `gatebox_refused_packets_total` for one table.
 *
 * @example refusedPackets({ place: "nat", table: "gatebox_nat" })
 */
export function refusedPackets({ place, table, network }: RefusingTable): MetricsSource {
  const from = network === undefined ? "-" : name(network, "network of refused packets");
  return {
    name: "refused",
    script: script(import.meta.dirname, "metrics.pl"),
    list: [`${name(place, "place of refused packets")} ${name(table, "table of refused packets")} ${from}`],
    every: 15,
  };
}
