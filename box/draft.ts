import { valueAt } from "./explain.ts";
import { rangeOf, type Ipv4Range } from "./ipv4.ts";
import { ipv6RangeOf, type Ipv6Range } from "./ipv6.ts";
import type { KnownHosts } from "./knownHosts.ts";
import type {
  AppConfiguration,
  HostConfiguration,
  NatGatewayConfiguration,
  PartialConfiguration,
  ServiceConfiguration,
  VirtualIpConfiguration,
} from "./schema/configuration.ts";
import { pathOf } from "./violations.ts";

/** A network whose CIDR block could be read. */
export interface DraftNetwork {
  readonly cidr: string;
  readonly range: Ipv4Range;
  /** Its IPv6 prefix as it is written, and as a block. */
  readonly ipv6?: { readonly prefix: string; readonly range: Ipv6Range };
}

/** A NAT gateway that could be read, and where it stands. */
export interface DraftNatGateway extends NatGatewayConfiguration {
  readonly path: string;
}

/** The tables of a configuration whose entries have names that others refer to. */
export type Table = "networks" | "hosts" | "pools" | "apps" | "virtualIps";

/**
 * What the rules look at: every part of a configuration that could be read, by name. In a sound configuration this is all
 * of it.
 */
export interface Draft {
  readonly networks: ReadonlyMap<string, DraftNetwork>;
  readonly hosts: ReadonlyMap<string, HostConfiguration>;
  readonly pools: ReadonlyMap<string, readonly string[]>;
  readonly apps: ReadonlyMap<string, AppConfiguration>;
  readonly services: ReadonlyMap<string, ServiceConfiguration>;
  readonly virtualIps: ReadonlyMap<string, VirtualIpConfiguration>;
  readonly natGateways: readonly DraftNatGateway[];
  readonly hostNetworks: PartialConfiguration["hostNetworks"];
  readonly connection: PartialConfiguration["connection"];
  readonly kubeGateways: PartialConfiguration["kubeGateways"];
  readonly webservers: PartialConfiguration["webservers"];
  /**
   * Every name that is declared, also of entries that could not be read: a reference to those is no mistake. Undefined
   * when a whole table could not be read, so that nothing can be said about its names.
   */
  readonly declared: Readonly<Record<Table, ReadonlySet<string> | undefined>>;
  /** Whether a gateway route or a service could not be read: it may be the one that opens a port. */
  readonly unreadWays: boolean;
  /** Undefined when the file could not be read, which is a mistake of its own. */
  readonly knownHosts: KnownHosts | undefined;
  /** The certificate chain in PEM, when one is given and could be read. */
  readonly certificate: string | undefined;
}

/** Files that the configuration names. */
export type DraftFiles = Pick<Draft, "knownHosts" | "certificate">;

/** Puts the readable part of a configuration in order. */
export function draftOf(
  values: Readonly<Record<string, unknown>>,
  part: PartialConfiguration,
  files: DraftFiles,
): Draft {
  const networks = Object.entries(part.networks).map(([name, network]) => [name, draftNetwork(network)] as const);
  const readWays = Object.keys(part.kubeGateways.routes ?? {}).length + Object.keys(part.services).length;
  const writtenWays = (namesAt(values, "kubeGateways", "routes")?.size ?? 0) + (namesAt(values, "services")?.size ?? 0);
  return {
    networks: new Map(networks),
    hosts: new Map(Object.entries(part.hosts)),
    pools: new Map(Object.entries(part.pools)),
    apps: new Map(Object.entries(part.apps)),
    services: new Map(Object.entries(part.services)),
    virtualIps: new Map(Object.entries(part.virtualIps)),
    natGateways: part.natGateways.flatMap((gateway, index) =>
      gateway === null ? [] : [{ ...gateway, path: pathOf("natGateways", index) }],
    ),
    hostNetworks: part.hostNetworks,
    connection: part.connection,
    kubeGateways: part.kubeGateways,
    webservers: part.webservers,
    declared: {
      networks: namesAt(values, "networks"),
      hosts: namesAt(values, "hosts"),
      pools: namesAt(values, "pools"),
      apps: values["apps"] === undefined ? new Set() : namesAt(values, "apps"),
      virtualIps: values["virtualIps"] === undefined ? new Set() : namesAt(values, "virtualIps"),
    },
    unreadWays: readWays < writtenWays,
    ...files,
  };
}

function draftNetwork(network: PartialConfiguration["networks"][string]): DraftNetwork {
  const { cidr, ipv6 } = typeof network === "string" ? { cidr: network } : network;
  return {
    cidr,
    range: rangeOf(cidr),
    ...(ipv6 === undefined ? {} : { ipv6: { prefix: ipv6, range: ipv6RangeOf(ipv6) } }),
  };
}

/** The keys of a mapping as it was written. */
function namesAt(
  values: Readonly<Record<string, unknown>>,
  ...path: readonly string[]
): ReadonlySet<string> | undefined {
  const written = valueAt(values, path);
  const isMapping = typeof written === "object" && written !== null && !Array.isArray(written);
  return isMapping ? new Set(Object.keys(written)) : undefined;
}

/** The members of a pool that are hosts; what is no host has been told by a rule. */
export function membersOf(draft: Draft, pool: string | undefined): string[] {
  const members = pool === undefined ? [] : (draft.pools.get(pool) ?? []);
  return [...new Set(members)].filter((member) => draft.hosts.has(member));
}

/** The address of a host on a network, if it is there. */
export function addressOn(draft: Draft, host: string, network: string | undefined): string | undefined {
  const addresses = draft.hosts.get(host)?.addresses ?? {};
  return network !== undefined && Object.hasOwn(addresses, network) ? addresses[network] : undefined;
}

/** The IPv6 address of a host on a network, if it has one there. */
export function address6On(draft: Draft, host: string, network: string | undefined): string | undefined {
  const addresses6 = draft.hosts.get(host)?.addresses6 ?? {};
  return network !== undefined && Object.hasOwn(addresses6, network) ? addresses6[network] : undefined;
}
