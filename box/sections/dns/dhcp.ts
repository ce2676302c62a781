/** Rules of the leases. */
import { addressOn, entriesOf, isOn, itemsOf, membersOf, valuesOf, type Draft } from "../../draft.ts";
import { addressNumber, addressText } from "../../ipv4.ts";
import { isIpv6 } from "../../ipv6.ts";
import type { Readable } from "../../read.ts";
import type { Configuration } from "../../configuration.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { addressFault } from "../hosts/addresses.ts";

type DhcpDraft = Readable<NonNullable<Configuration["dns"]>["dhcp"][string]>;

const pathOfNetwork = (network: string): string => pathOf("dns", "dhcp", network);

/** DHCP is spoken where the name servers are, and has something to give there. */
export function* dhcpNetworks(draft: Draft): Generator<Violation> {
  const { networks, dhcp } = draft.dns;
  for (const [network, entry] of entriesOf(dhcp)) {
    const path = pathOfNetwork(network);
    if (!draft.networks.has(network)) continue;
    if (networks !== undefined && !networks.includes(undefined) && !networks.includes(network))
      yield {
        path,
        message: `"${network}" is not among dns.networks, so no name server listens there: add it`,
        isKey: true,
      };
    if (!("range" in entry) && !draft.refused.has(pathOf(path, "range")) && leasesNothing(draft, network, entry))
      yield {
        path,
        message: `has neither a range nor a host of ${network} whose MAC is known, so nobody gets a lease: write one of the two`,
      };
  }
}

/** Whether there is no host to give a lease to; one whose MAC could not be read is one. */
function leasesNothing(draft: Draft, network: string, { hosts }: DhcpDraft): boolean {
  if (draft.refused.has(pathOf(pathOfNetwork(network), "hosts"))) return false;
  if (hosts !== undefined) return hosts.length === 0;
  return ![...draft.hosts].some(
    ([host, { macAddresses }]) =>
      isOn(draft, host, network) && (macAddresses === undefined || Object.hasOwn(macAddresses, network)),
  );
}

/** A range lies in its network, the right way round, and over no address that somebody has already. */
export function* dhcpRanges(draft: Draft): Generator<Violation> {
  for (const [network, { range, router }] of entriesOf(draft.dns.dhcp)) {
    const home = draft.networks.get(network);
    const path = pathOf(pathOfNetwork(network), "range");
    let isInside = true;
    for (const key of ["first", "last"] as const) {
      const address = range?.[key];
      const fault =
        address === undefined || home === undefined
          ? undefined
          : addressFault(address, network, home, draft.networks, "range");
      if (fault !== undefined) yield { path: pathOf(path, key), message: fault };
      isInside &&= address !== undefined && fault === undefined;
    }
    if (range?.first === undefined || range.last === undefined || !isInside) continue;
    yield* ofRange(draft, network, path, { first: range.first, last: range.last }, router);
  }
}

function* ofRange(
  draft: Draft,
  network: string,
  path: string,
  { first, last }: { readonly first: string; readonly last: string },
  router: string | undefined,
): Generator<Violation> {
  const [from, to] = [addressNumber(first), addressNumber(last)];
  if (from > to) {
    yield { path, message: `${first} comes after ${last}: exchange the two` };
    return;
  }
  const servers = membersOf(draft, draft.dns.pool).length;
  if (to - from + 1 < servers)
    yield {
      path,
      message: `${first} to ${last} has ${to - from + 1} address, and ${servers} name servers share it: write a longer one`,
    };
  const taken = takenAddresses(draft, network, router).find(
    ({ address }) => from <= addressNumber(address) && addressNumber(address) <= to,
  );
  if (taken === undefined) return;
  const message = `${first} to ${last} lies over ${taken.address}, which is ${taken.holder}: leave it out, as ${freeAround(from, to, addressNumber(taken.address))}`;
  yield { path, message };
}

/** The longer of the two ranges that an address parts. */
function freeAround(from: number, to: number, taken: number): string {
  const [first, last] = taken - from >= to - taken ? [from, taken - 1] : [taken + 1, to];
  return first > last ? "another range does" : `${addressText(first)} to ${addressText(last)} does`;
}

function takenAddresses(
  draft: Draft,
  network: string,
  router: string | undefined,
): { address: string; holder: string }[] {
  const hosts = [...draft.hosts.keys()].flatMap((host) => {
    const address = addressOn(draft, host, network);
    return address === undefined ? [] : [{ address, holder: pathOf("hosts", host, "addresses", network) }];
  });
  const virtual = [...draft.virtualIps].flatMap(([name, { address }]) =>
    address === undefined || isIpv6(address) ? [] : [{ address, holder: pathOf("virtualIps", name, "address") }],
  );
  const gateways = [...draft.hosts].flatMap(([host, { defaultGateway }]) =>
    defaultGateway === undefined ? [] : [{ address: defaultGateway, holder: pathOf("hosts", host, "defaultGateway") }],
  );
  const own = router === undefined ? [] : [{ address: router, holder: pathOf(pathOfNetwork(network), "router") }];
  return [...hosts, ...virtual, ...own, ...gateways].sort(
    (one, other) => addressNumber(one.address) - addressNumber(other.address),
  );
}

/** The router is a machine on the network. */
export function* dhcpRouters(draft: Draft): Generator<Violation> {
  for (const [network, { router }] of entriesOf(draft.dns.dhcp)) {
    const home = draft.networks.get(network);
    const fault =
      router === undefined || home === undefined
        ? undefined
        : addressFault(router, network, home, draft.networks, "router");
    if (fault !== undefined) yield { path: pathOf(pathOfNetwork(network), "router"), message: fault };
  }
}

/** A host that is to get a lease is on the network, is known by its MAC, and is named once. */
export function* leasesByMac(draft: Draft): Generator<Violation> {
  for (const [network, { hosts }] of entriesOf(draft.dns.dhcp)) {
    const seen = new Set<string>();
    for (const [index, host] of itemsOf(hosts)) {
      const path = pathOf(pathOfNetwork(network), "hosts", index);
      const { addresses, macAddresses } = draft.hosts.get(host) ?? {};
      if (seen.has(host)) yield { path, message: `"${host}" is named already: keep one` };
      seen.add(host);
      if (addresses === undefined) continue;
      if (!isOn(draft, host, network))
        yield { path, message: `"${host}" is not on ${network}: give it an address there, or leave it out` };
      else if (macAddresses !== undefined && !Object.hasOwn(macAddresses, network))
        yield {
          path: pathOf("hosts", host, "macAddresses", network),
          message: `is missing, and dns.dhcp knows ${host} by it: write the one that "ip -br link" shows there`,
        };
    }
  }
}

/** The hosts that get a lease on a network: those that are named, else every one with a MAC there. */
export function leasedHosts(
  draft: Draft,
  network: string,
  { hosts }: DhcpDraft,
): { host: string; macAddress: string; address: string }[] {
  const wanted = hosts === undefined ? [...draft.hosts.keys()] : itemsOf(hosts).map(([, host]) => host);
  return wanted.flatMap((host) => {
    const address = addressOn(draft, host, network);
    const macs = new Map(valuesOf(draft.hosts.get(host)?.macAddresses));
    const macAddress = macs.get(network)?.toLowerCase();
    return address === undefined || macAddress === undefined ? [] : [{ host, macAddress, address }];
  });
}
