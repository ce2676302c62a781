import type { Draft } from "../draft.ts";
import { isAddress } from "../ipv4.ts";
import type { NatGateway, SnatAddress } from "../model.ts";

/** The NAT gateways of a sound configuration, the addresses of their sources found. */
export function resolveNatGateways(draft: Draft): NatGateway[] {
  return draft.natGateways.map(({ name, pool, input, output, snatAddress, openPorts, conntrack }) => ({
    name,
    pool,
    input,
    output,
    snatAddress: sourceOf(draft, snatAddress),
    openPorts,
    conntrackMax: conntrack.max,
  }));
}

function sourceOf(draft: Draft, snatAddress: string): SnatAddress {
  if (isAddress(snatAddress)) return { address: snatAddress };
  const vip = draft.virtualIps.get(snatAddress);
  if (!vip) throw new Error(`VIP ${snatAddress} was not resolved; a rule is missing`);
  return { address: vip.address, virtualIp: snatAddress };
}
