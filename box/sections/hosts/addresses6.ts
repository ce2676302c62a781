import { valuesOf, type Draft, type DraftNetwork } from "../../draft.ts";
import { canonicalAddress, containsIpv6, ipv6Number, ipv6Text } from "../../ipv6.ts";
import { suggestion } from "../../nearMiss.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** Says why an IPv6 address cannot belong to a machine or a VIP on a network, or nothing. */
export function address6Fault(
  address: string,
  name: string,
  { cidr, ipv6 }: DraftNetwork,
  candidates: ReadonlyMap<string, DraftNetwork>,
  whose = "host",
): string | undefined {
  if (!ipv6) {
    return `${address}: ${name} has no IPv6 prefix; write "${name}: { cidr: ${cidr ?? "…"}, ipv6: … }" under networks, or remove it`;
  }
  const { prefix, range } = ipv6;
  if (!containsIpv6(range, address)) {
    const home = [...candidates].find(([, { ipv6: other }]) => other && containsIpv6(other.range, address));
    const between = `${ipv6Text(range.first + 1n)} to ${ipv6Text(range.last)}`;
    const hint = home ? `it lies in ${home[0]} ${home[1].ipv6?.prefix ?? ""}` : `write one of ${between}`;
    return `${address} lies outside of ${name} ${prefix}: ${hint}`;
  }
  if (ipv6Number(address) === range.first) {
    return `${address} is that of every router on ${name} ${prefix}: give the ${whose} one of its own`;
  }
  return undefined;
}

/** Each IPv6 address of a host lies in the prefix of a network that the host is on. */
export function* addresses6InNetworks(draft: Draft): Generator<Violation> {
  for (const [host, { addresses, addresses6 }] of draft.hosts) {
    for (const [name, address] of valuesOf(addresses6)) {
      const path = pathOf("hosts", host, "addresses6", name);
      const network = draft.networks.get(name);
      if (addresses && draft.declared.networks?.has(name) && !Object.hasOwn(addresses, name)) {
        const end = suggestion(name, Object.keys(addresses));
        yield { path, message: `${address}: ${host} has no address on ${name}${end}; give it one under addresses too` };
        continue;
      }
      const fault = network && address6Fault(address, name, network, draft.networks);
      if (fault !== undefined) yield { path, message: fault };
    }
  }
}

/** No IPv6 address belongs to two hosts, nor to one host twice, however it is written. */
export function* duplicateAddresses6(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [host, { addresses6 }] of draft.hosts) {
    for (const [network, address] of valuesOf(addresses6)) {
      const path = pathOf("hosts", host, "addresses6", network);
      const holder = holders.get(canonicalAddress(address));
      if (holder === undefined) holders.set(canonicalAddress(address), path);
      else yield { path, message: `${address} is taken by ${holder}: an address belongs to one host` };
    }
  }
}
