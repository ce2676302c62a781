import type { Configuration } from "../../configuration.ts";
import type { Draft } from "../../draft.ts";
import { consulForward } from "./consul.ts";
import { leasedHosts } from "./dhcp.ts";
import type { DhcpNetwork, Dns } from "./model.ts";
import { computedRecords, listedRecords, mergedRecords } from "./records.ts";

/** The name servers of a sound configuration: every name with its addresses, every lease with its MAC. */
export function resolveDns(draft: Draft, { dns }: Configuration): Dns | undefined {
  if (dns === undefined) return undefined;
  const dhcp = Object.entries(dns.dhcp).map(([network, entry]): [string, DhcpNetwork] => {
    const { range, router, leaseMinutes } = entry;
    const leases = leasedHosts(draft, network, entry);
    const optional = { ...(range === undefined ? {} : { range }), ...(router === undefined ? {} : { router }) };
    return [network, { ...optional, leases, leaseMinutes }];
  });
  const { pool, networks, domains, forwarders, allowPrivateAnswers } = dns;
  const forward = { ...consulForward(draft), ...dns.forward };
  const records = mergedRecords([...computedRecords(draft), ...listedRecords(draft)]);
  return { pool, networks, domains, records, forwarders, forward, allowPrivateAnswers, dhcp: Object.fromEntries(dhcp) };
}
