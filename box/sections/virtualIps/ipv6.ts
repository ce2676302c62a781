import { membersOf, type Draft, type VirtualIpDraft } from "../../draft.ts";
import { isIpv6 } from "../../ipv6.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** The VIPs with an IPv6 address, by name. */
function ipv6Vips(draft: Draft): [string, VirtualIpDraft][] {
  return [...draft.virtualIps].filter(([, { address }]) => isIpv6(address ?? ""));
}

/**
 * IPv6 VIPs are where something answers at them: nginx does, on the network that clients come from. HAProxy listens on
 * IPv4 alone, and no NAT gateway forwards IPv6.
 */
export function* ipv6VipsForClients(draft: Draft): Generator<Violation> {
  const { pool, network } = draft.webservers;
  if (pool === undefined || network === undefined) return;
  for (const [name, vip] of ipv6Vips(draft)) {
    if (vip.pool === pool && vip.network === network) continue;
    if (vip.pool === undefined || vip.network === undefined) continue;
    // A name that is unknown is reported by itself, and may have been meant for the right one.
    if (!draft.declared.pools?.has(vip.pool) || !draft.declared.networks?.has(vip.network)) continue;
    const message =
      `${vip.address ?? ""} is on ${vip.network} for ${vip.pool}, and IPv6 VIPs are for clients of the web servers as yet: ` +
      `write an IPv4 address, or pool ${pool} and network ${network}`;
    yield { path: pathOf("virtualIps", name, "address"), message };
  }
}

/** Every host of the pool of an IPv6 VIP has an IPv6 address of its own there: they speak VRRP of that family. */
export function* hostsOfIpv6Vips(draft: Draft): Generator<Violation> {
  const reported = new Set<string>();
  for (const [name, { pool, network }] of ipv6Vips(draft)) {
    const prefix = draft.networks.get(network ?? "")?.ipv6?.prefix;
    if (prefix === undefined || network === undefined || pool === undefined) continue;
    for (const member of membersOf(draft, pool)) {
      const path = pathOf("hosts", member, "addresses6", network);
      const { addresses6 } = draft.hosts.get(member) ?? {};
      if (addresses6 === undefined || Object.hasOwn(addresses6, network) || reported.has(path)) continue;
      reported.add(path);
      const message =
        `is missing: ${member} is in ${pool}, and VIP ${name} has an IPv6 address there; ` +
        `give it one of ${prefix}, or remove it from the pool`;
      yield { path, message };
    }
  }
}
