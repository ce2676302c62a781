import type { Configuration } from "./configuration.ts";
import type { Ipv4Range } from "./ipv4.ts";
import type { Ipv6Range } from "./ipv6.ts";
import type { KnownHosts } from "./knownHosts.ts";
import type { Readable } from "./read.ts";
import type { Declared, Used } from "./references.ts";

/**
 * A section as the rules see it: tables by name, of which an entry that could not be read at all is an empty one. One that was
 * left out is an empty one too.
 */
type Drafted<Value> = Value extends readonly unknown[]
  ? Readable<Value>
  : string extends keyof Value
    ? ReadonlyMap<string, Readable<Value[string & keyof Value]>>
    : Readable<Value>;

type DraftSections = { readonly [Name in keyof Configuration]: Drafted<NonNullable<Configuration[Name]>> };

/** A network, as far as its blocks could be read. */
export interface DraftNetwork {
  readonly cidr?: string | undefined;
  readonly range?: Ipv4Range | undefined;
  /** Its IPv6 prefix as it is written, and as a block. */
  readonly ipv6?: { readonly prefix: string; readonly range: Ipv6Range } | undefined;
}

/** One entry of `hosts`, as far as it could be read. */
export type HostDraft = Readable<Configuration["hosts"][string]>;
/** One entry of `services`. */
export type ServiceDraft = Readable<Configuration["services"][string]>;
/** One entry of `virtualIps`. */
export type VirtualIpDraft = Readable<Configuration["virtualIps"][string]>;
/** One entry of `kubeGateways.routes`. */
export type GatewayRouteDraft = Readable<NonNullable<Configuration["kubeGateways"]>["routes"][string]>;
/** One entry of `webservers.routes`. */
export type WebRouteDraft = Readable<NonNullable<Configuration["webservers"]>["routes"][string]>;
/** A NAT gateway, and where it stands. */
export type NatGatewayDraft = Readable<Configuration["natGateways"][number]> & { readonly path: string };

/** What the rules look at: every value of a configuration that could be read. In a sound one that is all of them. */
export interface Draft extends Omit<DraftSections, "networks" | "natGateways"> {
  readonly networks: ReadonlyMap<string, DraftNetwork>;
  readonly natGateways: readonly NatGatewayDraft[];
  /** Every name that is declared in a table that others refer to. */
  readonly declared: Declared;
  /** Every name that something refers to, by the table that it is of. */
  readonly used: Used;
  /** The sections that are written, also what could not be read of. */
  readonly written: ReadonlySet<string>;
  /** Paths of values that the schema refused. */
  readonly refused: ReadonlySet<string>;
  /** Undefined when the file could not be read, which is reported by itself. */
  readonly knownHosts: KnownHosts | undefined;
  /** The certificate chain in PEM, when one is given and could be read. */
  readonly certificate: string | undefined;
  /** Certificates of authorities in PEM, by what the configuration says in their place: a path, or the text itself. */
  readonly authorities: ReadonlyMap<string, string>;
  /** The cluster's CA in PEM, when it is given and is one. */
  readonly controlPlaneCa: string | undefined;
  /** OpenPGP keys in ASCII armor, by what the configuration says in their place: a path, or the text itself. */
  readonly openPgpKeys: ReadonlyMap<string, string>;
  readonly hostKeys: HostKeys;
}

/** Whether the key of each host that SSH connects to must be known. */
export type HostKeys = "required" | "optional";

/** Files that the configuration names. */
export type DraftFiles = Pick<
  Draft,
  "knownHosts" | "certificate" | "authorities" | "controlPlaneCa" | "openPgpKeys" | "hostKeys"
>;

/** What could be read of a mapping, by its keys; what could not is an empty entry. */
export function entriesOf<Entry extends object>(
  entries: Readonly<Record<string, Entry | undefined>> | undefined,
): [string, Entry][] {
  return Object.entries(entries ?? {}).map(([name, entry]) => [name, entry ?? ({} as Entry)]);
}

/** What could be read of a list, with the places. */
export function itemsOf<Item>(items: readonly (Item | undefined)[] | undefined): [number, Item][] {
  return (items ?? []).flatMap((item, index) => (item === undefined ? [] : [[index, item] as [number, Item]]));
}

/** What could be read of a mapping of texts or numbers, by its keys. */
export function valuesOf<Value extends string | number>(
  values: Readonly<Record<string, Value | undefined>> | undefined,
): [string, Value][] {
  return Object.entries(values ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as [string, Value]],
  );
}

/** The members of a pool that are hosts whose addresses could be read; all others are reported elsewhere. */
export function membersOf(draft: Draft, pool: string | undefined): string[] {
  const members = pool === undefined ? [] : (draft.pools.get(pool) ?? []);
  return [...new Set(members)].filter(
    (member) => member !== undefined && draft.hosts.get(member)?.addresses !== undefined,
  ) as string[];
}

/** Whether a host is on a network, also when its address there could not be read. */
export function isOn(draft: Draft, host: string, network: string | undefined): boolean {
  return network !== undefined && Object.hasOwn(draft.hosts.get(host)?.addresses ?? {}, network);
}

/** The address of a host on a network, if it is there. */
export function addressOn(draft: Draft, host: string, network: string | undefined): string | undefined {
  const addresses = draft.hosts.get(host)?.addresses ?? {};
  return network !== undefined && Object.hasOwn(addresses, network) ? addresses[network] : undefined;
}
