import type { Configuration } from "../../configuration.ts";
import { isAddress } from "../../ipv4.ts";
import type { NatGateway, SnatAddress } from "../../model.ts";

/** The NAT gateways of a sound configuration, their SNAT addresses found. */
export function resolveNatGateways({ natGateways, virtualIps }: Configuration): NatGateway[] {
  return natGateways.map(({ conntrack, snatAddress, ...gateway }) => ({
    ...gateway,
    snatAddress: resolveSnatAddress(virtualIps, snatAddress),
    conntrackMax: conntrack.max,
  }));
}

function resolveSnatAddress(virtualIps: Configuration["virtualIps"], snatAddress: string): SnatAddress {
  if (isAddress(snatAddress)) return { address: snatAddress };
  const vip = virtualIps[snatAddress];
  if (!vip) throw new Error(`VIP ${snatAddress} was not resolved; a rule is missing`);
  return { address: vip.address, virtualIp: snatAddress };
}
