import type { Configuration } from "../../configuration.ts";
import { isAddress } from "../../ipv4.ts";
import type { NatGateway, SnatAddress } from "../../model.ts";

/** So many addresses share the connections of a NAT gateway at least, where the stack does not say how many one may have. */
const sourcesAtLeast = 16;

/** The NAT gateways of a sound configuration, their SNAT addresses found. */
export function resolveNatGateways({ natGateways, virtualIps }: Configuration): NatGateway[] {
  return natGateways.map(({ conntrack, snatAddress, ...gateway }) => ({
    ...gateway,
    snatAddress: resolveSnatAddress(virtualIps, snatAddress),
    conntrackMax: conntrack.max,
    conntrackPerSource: conntrack.perSource ?? Math.ceil(conntrack.max / sourcesAtLeast),
  }));
}

function resolveSnatAddress(virtualIps: Configuration["virtualIps"], snatAddress: string): SnatAddress {
  if (isAddress(snatAddress)) return { address: snatAddress };
  const vip = virtualIps[snatAddress];
  if (!vip) throw new Error(`VIP ${snatAddress} was not resolved; a rule is missing`);
  return { address: vip.address, virtualIp: snatAddress };
}
