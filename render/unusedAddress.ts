/** An address that nobody has, for packets that only look for their way. */
import { addressText, rangeOf } from "../box/ipv4.ts";
import type { Box } from "../box/model.ts";
import { entry } from "./scalars.ts";

/** The last address of a network that no host and no virtual IP of the box has; undefined where all are taken. */
export function unusedAddress({ hosts, networks, virtualIps }: Box, network: string): string | undefined {
  const { first, last } = rangeOf(entry(networks, network, "networks of the box").cidr);
  const used = new Set([
    ...Object.values(hosts).flatMap(({ addresses }) => Object.values(addresses)),
    ...Object.values(virtualIps).map((vip) => vip.address),
  ]);
  for (let number = last - 1; number > first; number--) {
    const one = addressText(number);
    if (!used.has(one)) return one;
  }
  return undefined;
}
