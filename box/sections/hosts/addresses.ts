import { valuesOf, type Draft, type DraftNetwork } from "../../draft.ts";
import { addressNumber, addressText, contains } from "../../ipv4.ts";
import { pathOf, type Violation } from "../../violations.ts";

/**
 * Says why an address cannot belong to a machine on a network, or nothing.
 *
 * @param candidates the box's networks, to name the one that the address does lie in.
 * @param whose what the address is to belong to, for the message.
 */
export function addressFault(
  address: string,
  name: string,
  network: DraftNetwork,
  candidates: ReadonlyMap<string, DraftNetwork>,
  whose = "host",
): string | undefined {
  const { range, cidr = "" } = network;
  if (!range) return undefined;
  if (!contains(range, address)) {
    const home = [...candidates].find(([, other]) => other.range && contains(other.range, address));
    const between = `${addressText(range.first + 1)} to ${addressText(range.last - 1)}`;
    const hint = home ? `it lies in ${home[0]} ${home[1].cidr ?? ""}` : `write one of ${between}`;
    return `${address} lies outside of ${name} ${cidr}: ${hint}`;
  }
  const number = addressNumber(address);
  if (number === range.first)
    return `${address} is the address of ${name} ${cidr} itself: give the ${whose} one of its own`;
  if (number === range.last)
    return `${address} is the broadcast address of ${name} ${cidr}: give the ${whose} one of its own`;
  return undefined;
}

/** Each address of a host lies in its network and is neither its first nor its last. */
export function* addressesInNetworks(draft: Draft): Generator<Violation> {
  for (const [host, { addresses }] of draft.hosts) {
    for (const [name, address] of valuesOf(addresses)) {
      const network = draft.networks.get(name);
      if (!network) continue;
      const fault = addressFault(address, name, network, draft.networks);
      if (fault !== undefined) yield { path: pathOf("hosts", host, "addresses", name), message: fault };
    }
  }
}

/** No address belongs to two hosts, nor to one host twice. */
export function* duplicateAddresses(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [host, { addresses }] of draft.hosts) {
    for (const [network, address] of valuesOf(addresses)) {
      const path = pathOf("hosts", host, "addresses", network);
      const holder = holders.get(address);
      if (holder === undefined) holders.set(address, path);
      else yield { path, message: `${address} is taken by ${holder}: an address belongs to one host` };
    }
  }
}
