import type { Draft } from "../draft.ts";
import { isAddress } from "../ipv4.ts";
import type { NatGateway, NatSource } from "../model.ts";

/** The NAT gateways of a sound configuration, the addresses of their sources found. */
export function resolveNatGateways(draft: Draft): NatGateway[] {
  return draft.natGateways.map(({ name, pool, input, output, source, openings, conntrack }) => ({
    name,
    pool,
    input,
    output,
    source: sourceOf(draft, source),
    openings,
    conntrackMax: conntrack.max,
  }));
}

function sourceOf(draft: Draft, source: string): NatSource {
  if (isAddress(source)) return { address: source };
  const vip = draft.virtualIps.get(source);
  if (!vip) throw new Error(`VIP ${source} was not resolved; a rule is missing`);
  return { address: vip.address, virtualIp: source };
}
