import type { Configuration } from "../../configuration.ts";
import type { Draft } from "../../draft.ts";
import { canonicalAddress, isIpv6 } from "../../ipv6.ts";
import type { VirtualIp } from "../../model.ts";
import { prioritiesOf } from "../../priorities.ts";

/** The VIPs of a sound configuration, each with the prefix of its network and a priority for every host of its pool. */
export function resolveVirtualIps(draft: Draft, virtualIps: Configuration["virtualIps"]): Record<string, VirtualIp> {
  const resolved = Object.entries(virtualIps).map(([name, vip]) => {
    const { pool, network, address, virtualRouterId, preempt, advertIntervalMs, syncGroup } = vip;
    const home = draft.networks.get(network);
    const range = isIpv6(address) ? home?.ipv6?.range : home?.range;
    if (!range) throw new Error(`network ${network} of VIP ${name} was not resolved; a rule is missing`);
    const virtualIp: VirtualIp = {
      name,
      pool,
      network,
      address: canonicalAddress(address),
      prefixLength: range.prefix,
      virtualRouterId,
      priorities: prioritiesOf(draft, vip),
      preempt,
      advertIntervalMs,
      ...(syncGroup === undefined ? {} : { syncGroup }),
    };
    return [name, virtualIp] as const;
  });
  return Object.fromEntries(resolved);
}
