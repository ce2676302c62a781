import type { Configuration } from "../../configuration.ts";
import { valuesOf, type Draft } from "../../draft.ts";
import { contains, rangeOf } from "../../ipv4.ts";
import { canonicalAddress, containsIpv6, ipv6RangeOf } from "../../ipv6.ts";
import type { Connection, Host, SshEndpoint } from "../../model.ts";
import { connectedHosts, reachOf } from "../../reach.ts";
import { findHostKey } from "../connection/hostKeys.ts";

/** The hosts of a sound configuration; those that SSH connects to know how. */
export function resolveHosts(draft: Draft, hosts: Configuration["hosts"]): Record<string, Host> {
  const connected = new Set(connectedHosts(draft));
  const resolved = Object.entries(hosts).map(
    ([name, { addresses, addresses6, interfaces, macAddresses, defaultGateway, machine, repair }]) => {
      const host: Host = {
        name,
        addresses,
        ...(Object.keys(addresses6).length === 0 ? {} : { addresses6: canonical(addresses6) }),
        interfaces: Object.fromEntries(
          Object.keys(addresses).map((network) => [network, interfaces[network] ?? network]),
        ),
        ...(Object.keys(macAddresses).length === 0 ? {} : { macAddresses: lowerCase(macAddresses) }),
        ...(defaultGateway === undefined ? {} : { defaultGateway }),
        ...(machine === undefined ? {} : { machine }),
        ...(repair === undefined ? {} : { repair }),
        ...(connected.has(name) ? { connection: connectionOf(draft, name) } : {}),
      };
      return [name, host] as const;
    },
  );
  return Object.fromEntries(resolved);
}

function canonical(addresses6: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(addresses6).map(([network, own]) => [network, canonicalAddress(own)]));
}

function lowerCase(macAddresses: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(macAddresses).map(([network, ether]) => [network, ether.toLowerCase()]));
}

function connectionOf(draft: Draft, host: string): Connection {
  const { bastion, from } = reachOf(draft, host);
  return {
    ...endpointOf(draft, host),
    ...(bastion === undefined ? {} : { bastion: endpointOf(draft, bastion) }),
    ...(from === undefined ? {} : { from: withBastion(from, addressesOf(draft, bastion)) }),
  };
}

/** Those that are let in already are not named again: so a host behind a bastion of its own network keeps its rules. */
function withBastion(from: readonly string[], bastion: readonly string[]): string[] {
  const covers = (range: string, address: string): boolean => {
    if (!range.includes("/")) return range === address;
    if (range.includes(":") !== address.includes(":")) return false;
    return address.includes(":") ? containsIpv6(ipv6RangeOf(range), address) : contains(rangeOf(range), address);
  };
  return [...new Set([...from, ...bastion.filter((address) => !from.some((range) => covers(range, address)))])];
}

/** The addresses that a bastion comes with. */
function addressesOf(draft: Draft, bastion: string | undefined): string[] {
  const { addresses, addresses6 } = draft.hosts.get(bastion ?? "") ?? {};
  return [...valuesOf(addresses), ...valuesOf(addresses6)].map(([, own]) => own);
}

function endpointOf(draft: Draft, host: string): SshEndpoint {
  const { address, port, user } = reachOf(draft, host);
  const { key } = findHostKey(draft, host);
  if (address === undefined || port === undefined || (key === undefined && draft.hostKeys === "required")) {
    throw new Error(`host ${host} cannot be reached; a rule is missing`);
  }
  return { address, port, user, ...(key === undefined ? {} : { hostKey: key }) };
}
