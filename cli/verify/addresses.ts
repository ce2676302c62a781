/** Addresses of a host that nobody has declared. */
import { isIPv4 } from "node:net";
import { contains, rangeOf } from "../../box/ipv4.ts";
import { containsIpv6, ipv6RangeOf } from "../../box/ipv6.ts";
import type { Box, Host, Network } from "../../box/model.ts";
import type { Answer } from "./answer.ts";
import type { Drift } from "./drift.ts";

/**
 * The addresses of networks of the box that a host has beside its own and its virtual IPs, on the interfaces that it has there; and
 * virtual IPs of other pools, wherever it has them.
 */
export function addressDrifts(box: Box, host: Host, addresses: Answer["addresses"]): Drift[] {
  const vips = Object.values(box.virtualIps);
  const isMember = (pool: string): boolean => box.pools[pool]?.members.includes(host.name) ?? false;
  const own = new Set([
    ...Object.values(host.addresses),
    ...Object.values(host.addresses6 ?? {}),
    ...vips.filter(({ pool }) => isMember(pool)).map(({ address }) => address),
  ]);
  return addresses.flatMap(({ networkInterface, address }) => {
    if (own.has(address)) return [];
    const vip = vips.find((one) => one.address === address);
    if (vip !== undefined)
      return [drift(`${networkInterface} ${address}`, `the virtual IP ${vip.name} is another pool's, ${vip.pool}`)];
    const network = Object.entries(host.interfaces).find(([, name]) => name === networkInterface)?.[0];
    const declared = network === undefined ? undefined : box.networks[network];
    return declared !== undefined && isOf(declared, address)
      ? [drift(`${networkInterface} ${address}`, `nobody has declared it on ${declared.name}`)]
      : [];
  });
}

function isOf({ cidr, ipv6 }: Network, address: string): boolean {
  if (isIPv4(address)) return contains(rangeOf(cidr), address);
  return ipv6 !== undefined && containsIpv6(ipv6RangeOf(ipv6), address);
}

function drift(where: string, detail: string): Drift {
  return { kind: "address", assembly: "", unit: "", where, problem: "extra", detail, diff: [] };
}
