import { addressOn, itemsOf, membersOf, valuesOf, type Draft } from "../../draft.ts";
import { canonicalAddress } from "../../ipv6.ts";
import { Protocol } from "../../model.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { computedRecords, listedRecords, sameAddresses, type NamedRecord } from "./records.ts";
import { nameServer } from "./servers.ts";

const section = "dns";

/** resolv.conf(5) has room for three name servers; the last is what hosts go on with while the box's own are dead. */
const MOST_SERVERS = 2;

/** The port of every name server (RFC 1035, 4.2). */
const DNS_PORT = 53;

/** The name servers are one host or two, where nothing keeps clients out. */
export function* nameServerHosts(draft: Draft): Generator<Violation> {
  const { pool, networks } = draft.dns;
  const members = membersOf(draft, pool);
  const path = pathOf(section, "pool");
  if (members.length > MOST_SERVERS)
    yield {
      path,
      message: `"${pool ?? ""}" has ${members.length} hosts, and hosts ask ${MOST_SERVERS} name servers of the box at most: write a pool of one or two`,
    };
  const gateways = new Set(membersOf(draft, draft.kubeGateways.pool));
  const gateway = members.find((host) => gateways.has(host));
  const closed = draft.kubeGateways.network;
  if (gateway !== undefined && closed !== undefined && itemsOf(networks).some(([, network]) => network === closed))
    yield {
      path,
      message: `${gateway} of ${pool ?? ""} is a kube gateway, which lets nothing but routes in from ${closed}: write a pool of other hosts, or leave ${closed} out of networks`,
    };
}

/** Each network and each domain is named once. */
export function* namedOnce(draft: Draft): Generator<Violation> {
  const { networks, domains } = draft.dns;
  for (const [key, names] of [
    ["networks", networks],
    ["domains", domains],
  ] as const) {
    const seen = new Set<string>();
    for (const [index, name] of itemsOf(names)) {
      if (seen.has(name)) yield { path: pathOf(section, key, index), message: `"${name}" is named already: keep one` };
      seen.add(name);
    }
  }
}

/** No name has two meanings: neither two that follow from the stack, nor one that is listed and one that follows. */
export function* contradictingRecords(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section)) return;
  const known = new Map<string, NamedRecord>();
  for (const one of [...computedRecords(draft), ...listedRecords(draft)]) {
    const other = known.get(one.name);
    if (other === undefined) known.set(one.name, one);
    else if (!sameAddresses(one, other)) {
      const isListed = one.path.startsWith(`${section}.`);
      yield {
        path: one.path,
        message: `${isListed ? "" : `"${one.name}" `}is ${one.addresses.join(" and ")}, and ${one.name} is ${other.addresses.join(" and ")} already (${other.path}): ${isListed ? "remove it, or choose another name" : "choose another domain for dns, or another name"}`,
      };
    }
  }
}

/** No name server asks itself, or the other one of the box, which asks it in turn. */
export function* forwardingInCircles(draft: Draft): Generator<Violation> {
  const { pool, forwarders, forward } = draft.dns;
  const own = ownAddresses(draft, pool);
  const written = [
    ...itemsOf(forwarders).map(([index, one]) => ({ one, path: pathOf(section, "forwarders", index) })),
    ...Object.entries(forward ?? {}).flatMap(([domain, servers]) =>
      itemsOf(servers).map(([index, one]) => ({ one, path: pathOf(section, "forward", domain, index) })),
    ),
  ];
  for (const { one, path } of written) {
    const { address, port } = nameServer(one);
    const holder = own.get(canonicalAddress(address));
    if (holder === undefined || port !== DNS_PORT) continue;
    yield {
      path,
      message: `${one} is ${holder}, a name server of this box, which would ask itself: write a server beyond it, or another port`,
    };
  }
}

/** The addresses of the name servers' hosts, and the virtual IPs that these may hold. */
function ownAddresses(draft: Draft, pool: string | undefined): Map<string, string> {
  const own = new Map<string, string>();
  for (const host of membersOf(draft, pool)) {
    const { addresses, addresses6 } = draft.hosts.get(host) ?? {};
    for (const [, address] of [...valuesOf(addresses), ...valuesOf(addresses6)])
      own.set(canonicalAddress(address), host);
  }
  for (const [name, vip] of draft.virtualIps)
    if (pool !== undefined && vip.pool === pool && vip.address !== undefined)
      own.set(canonicalAddress(vip.address), `VIP ${name}`);
  return own;
}

/** What is the box's own is asked nowhere else. */
export function* forwardedOwnDomains(draft: Draft): Generator<Violation> {
  const own = new Set(itemsOf(draft.dns.domains).map(([, domain]) => domain));
  for (const domain of Object.keys(draft.dns.forward ?? {})) {
    if (!own.has(domain)) continue;
    const message = `"${domain}" is one of dns.domains, which nobody else is asked for: remove it from one of the two`;
    yield { path: pathOf(section, "forward", domain), message, isKey: true };
  }
}

/** Hosts that ask the box's name servers have no others: their resolver would ask either. */
export function* otherNameServers(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section)) return;
  const [first] = itemsOf(draft.hostNetworks.nameservers);
  if (first === undefined) return;
  const message = `${first[1]}: hosts ask the name servers of dns, and these the others: write it under dns.forwarders`;
  yield { path: pathOf("hostNetworks", "nameservers", first[0]), message };
}

/** Port 53 of the name servers is theirs. */
export function* openedDnsPort(draft: Draft): Generator<Violation> {
  const { pool, networks } = draft.dns;
  const own = new Set(membersOf(draft, pool));
  const lists = [
    ...itemsOf(draft.firewall.openPorts).map(([index, one]) => ({
      ...one,
      path: pathOf("firewall", "openPorts", index),
    })),
    ...draft.natGateways.flatMap((gateway) =>
      itemsOf(gateway.openPorts).map(([index, one]) => ({
        ...one,
        pool: gateway.pool,
        path: pathOf(gateway.path, "openPorts", index),
      })),
    ),
  ];
  for (const one of lists) {
    if (one.port !== DNS_PORT || (one.protocol !== Protocol.Tcp && one.protocol !== Protocol.Udp)) continue;
    const host = membersOf(draft, one.pool).find((member) => own.has(member));
    if (host === undefined || !itemsOf(networks).some(([, network]) => network === one.network)) continue;
    const address = addressOn(draft, host, one.network) ?? "";
    const message = `${DNS_PORT} of ${host} on ${one.network ?? ""} (${address}) is the name server's (dns.pool), which opens it itself: remove it`;
    yield { path: pathOf(one.path, "port"), message };
  }
}
