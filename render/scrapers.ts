/** The hosts that ask for metrics, as the firewalls of the others know them. */
import type { Box } from "../box/model.ts";
import type { OpenPort } from "./assembly.ts";
import { entry } from "./scalars.ts";

/**
 * Addresses of monitoring's hosts on a network.
 *
 * @throws Error when the box has no such pool.
 */
export function scrapers(box: Box, network: string): string[] {
  if (box.monitoring === undefined) return [];
  const { members } = entry(box.pools, box.monitoring.pool, "pools of the box");
  return members.flatMap((member) => box.hosts[member]?.addresses[network] ?? []);
}

/**
 * Keeps a port of metrics for monitoring's hosts, where the stack runs Prometheus on them. Where it does not, somebody whom the
 * stack does not know may ask, as ever.
 *
 * @example { network, protocol: "tcp", port: metricsPort, ...scrapersOnly(box, network), purpose: "HAProxy's metrics" }
 */
export function scrapersOnly(box: Box, network: string): Pick<OpenPort, "from"> {
  const from = box.monitoring?.prometheus === undefined ? [] : scrapers(box, network);
  return from.length === 0 ? {} : { from };
}
