import type { Section } from "../section.ts";
import { dhcpNetworks, dhcpRanges, dhcpRouters, leasesByMac } from "./dhcp.ts";
import { consulsDomain, withoutAgent } from "./consul.ts";
import { resolveDns } from "./resolve.ts";
import {
  contradictingRecords,
  forwardedOwnDomains,
  forwardingInCircles,
  namedOnce,
  nameServerHosts,
  openedDnsPort,
  otherNameServers,
} from "./rules.ts";
import { schema } from "./schema.ts";

/** The box's own name servers. */
export const dns: Section<"dns", typeof schema> = {
  name: "dns",
  schema,
  rules: [
    nameServerHosts,
    namedOnce,
    contradictingRecords,
    forwardingInCircles,
    forwardedOwnDomains,
    otherNameServers,
    openedDnsPort,
    dhcpNetworks,
    dhcpRanges,
    dhcpRouters,
    leasesByMac,
    consulsDomain,
  ],
  warnings: [withoutAgent],
  resolve: ({ draft, configuration }) => resolveDns(draft, configuration),
};
