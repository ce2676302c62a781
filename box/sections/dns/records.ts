/** The names that follow from the stack, and those that it lists. */
import { addressOn, itemsOf, membersOf, valuesOf, type Draft } from "../../draft.ts";
import { isAddress } from "../../ipv4.ts";
import { canonicalAddress } from "../../ipv6.ts";
import { pathOf } from "../../violations.ts";
import { placeOf } from "../controlPlane/place.ts";
import { externalUrlOf } from "../gitlab/urls.ts";
import type { DnsRecord } from "./model.ts";

/** A name, and where the stack says it. */
export interface NamedRecord extends DnsRecord {
  readonly path: string;
}

/** The label below which virtual IPs have their names: a host may be called what a VIP is. */
const vipLabel = "vip";

/**
 * Every name that the stack has an address for, in this order: hosts, virtual IPs (`<name>.vip.<domain>`), the API, the web
 * servers' names, the registry's, and those of GitLab and its sites. Names with `*` are left out, as no single name has them.
 */
export function computedRecords(draft: Draft): NamedRecord[] {
  const [domain] = draft.dns.domains ?? [];
  return [
    ...(domain === undefined ? [] : [...hostRecords(draft, domain), ...vipRecords(draft, domain)]),
    ...apiRecords(draft),
    ...webRecords(draft),
  ];
}

/** The names that `dns.records` lists. */
export function listedRecords(draft: Draft): NamedRecord[] {
  const [domain] = draft.dns.domains ?? [];
  return valuesOf(draft.dns.records).flatMap(([written, address]) => {
    const name = wholeName(written, domain);
    if (name === undefined) return [];
    return [{ ...record(name, [address], domain), path: pathOf("dns", "records", written) }];
  });
}

/** Each name once: what two say of one name agrees, or it is a violation. */
export function mergedRecords(all: readonly NamedRecord[]): DnsRecord[] {
  const merged = new Map<string, DnsRecord>();
  for (const { name, short, host, addresses } of all) {
    const optional = { ...(short === undefined ? {} : { short }), ...(host === undefined ? {} : { host }) };
    if (!merged.has(name)) merged.set(name, { name, ...optional, addresses });
  }
  return [...merged.values()];
}

/** Whether two records say the same addresses, in whatever order. */
export function sameAddresses(one: DnsRecord, other: DnsRecord): boolean {
  return [...one.addresses].sort().join() === [...other.addresses].sort().join();
}

/** A name without a dot is in the box's first domain. */
function wholeName(written: string, domain: string | undefined): string | undefined {
  if (written.includes(".")) return written;
  return domain === undefined ? undefined : `${written}.${domain}`;
}

function record(name: string, addresses: readonly string[], domain: string | undefined): DnsRecord {
  const [first = "", ...rest] = name.split(".");
  const isShort = domain !== undefined && rest.join(".") === domain;
  return { name, ...(isShort ? { short: first } : {}), addresses: [...new Set(addresses.map(canonicalAddress))] };
}

function hostRecords(draft: Draft, domain: string): NamedRecord[] {
  return [...draft.hosts].flatMap(([host, { addresses, addresses6 }]) => {
    const own = [...valuesOf(addresses), ...valuesOf(addresses6)].map(([, address]) => address);
    if (own.length === 0) return [];
    return [{ ...record(`${host}.${domain}`, own, domain), host, path: pathOf("hosts", host) }];
  });
}

function vipRecords(draft: Draft, domain: string): NamedRecord[] {
  return [...draft.virtualIps].flatMap(([name, { address }]) =>
    address === undefined
      ? []
      : [
          {
            ...record(`${name.toLowerCase()}.${vipLabel}.${domain}`, [address], domain),
            path: pathOf("virtualIps", name),
          },
        ],
  );
}

function apiRecords(draft: Draft): NamedRecord[] {
  const address = placeOf(draft).vip?.address;
  if (address === undefined) return [];
  return itemsOf(draft.controlPlane.serverNames).map(([index, name]) => ({
    ...record(name, [address], draft.dns.domains?.[0]),
    path: pathOf("controlPlane", "serverNames", index),
  }));
}

function webRecords(draft: Draft): NamedRecord[] {
  const addresses = publicAddresses(draft);
  if (addresses.length === 0) return [];
  const names = itemsOf(draft.webservers.serverNames)
    .filter(([, name]) => !name.startsWith("*."))
    .map(([index, name]) => ({ name, path: pathOf("webservers", "serverNames", index) }));
  const registry = draft.registry.name === undefined ? [] : [{ name: draft.registry.name, path: "registry.name" }];
  // What is said of a name once is not said again.
  const gitlab = gitlabNames(draft).filter((one) => !names.some(({ name }) => name === one.name));
  return [...names, ...registry, ...gitlab].map(({ name, path }) => ({
    ...record(name, addresses, draft.dns.domains?.[0]),
    path,
  }));
}

/** GitLab and its sites are found through the web servers, also under a name that only a `*` of theirs stands for. */
function gitlabNames({ gitlab: { externalUrl, pages } }: Draft): { readonly name: string; readonly path: string }[] {
  const urls = [
    { url: externalUrl, path: pathOf("gitlab", "externalUrl") },
    { url: pages?.externalUrl, path: pathOf("gitlab", "pages", "externalUrl") },
  ];
  return urls.flatMap(({ url, path }) => {
    const host = externalUrlOf(url)?.host;
    return host === undefined || isAddress(host) ? [] : [{ name: host, path }];
  });
}

/** Where clients find the web servers: at their virtual IPs on the clients' network, else at their own addresses. */
function publicAddresses(draft: Draft): string[] {
  const { pool, network } = draft.webservers;
  if (pool === undefined || network === undefined) return [];
  const sources = new Set(draft.natGateways.map(({ snatAddress }) => snatAddress));
  const virtual = [...draft.virtualIps].flatMap(([name, vip]) =>
    vip.pool === pool &&
    vip.network === network &&
    vip.address !== undefined &&
    !sources.has(name) &&
    !sources.has(vip.address)
      ? [vip.address]
      : [],
  );
  if (virtual.length > 0) return virtual;
  return membersOf(draft, pool).flatMap((host) => {
    const address6 = draft.hosts.get(host)?.addresses6?.[network];
    return [addressOn(draft, host, network) ?? [], address6 ?? []].flat();
  });
}
