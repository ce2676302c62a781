import type { Section } from "../section.ts";
import { hostsOfIpv6Vips, ipv6VipsForClients } from "./ipv6.ts";
import { resolveVirtualIps } from "./resolve.ts";
import {
  duplicateVirtualRouterIds,
  equalPriorities,
  hostsOfPriorities,
  hostsWithoutPriority,
  syncGroups,
  virtualIpAddresses,
} from "./rules.ts";
import { schema } from "./schema.ts";
import { hostsWithVipsOfTwoPools, loneHolders } from "./holders.ts";

/** The addresses that move. */
export const virtualIps: Section<"virtualIps", typeof schema> = {
  name: "virtualIps",
  schema,
  entry: "VIP",
  rules: [
    virtualIpAddresses,
    ipv6VipsForClients,
    hostsOfIpv6Vips,
    duplicateVirtualRouterIds,
    hostsOfPriorities,
    hostsWithoutPriority,
    equalPriorities,
    syncGroups,
    hostsWithVipsOfTwoPools,
  ],
  warnings: [loneHolders],
  resolve: ({ draft, configuration }) => resolveVirtualIps(draft, configuration.virtualIps),
};
