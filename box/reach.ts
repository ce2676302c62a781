import { addressOn, membersOf, type Draft } from "./draft.ts";
import { grafanaPool, runsGrafana } from "./sections/grafana/place.ts";
import { serversOf } from "./sections/consul/places.ts";
import { hostsOfVolumes } from "./sections/sharedVolumes/bricks.ts";
import { pathOf } from "./violations.ts";

/** How a host is reached by SSH, names not yet resolved. */
export interface Reach {
  readonly network: string | undefined;
  /** The host's address on that network, if it is on it. */
  readonly address: string | undefined;
  /** Undefined when it could not be read. */
  readonly port: number | undefined;
  readonly user: string;
  /** The name of the host that SSH goes through. */
  readonly bastion: string | undefined;
  /** Where the bastion is said. */
  readonly bastionPath: string;
  /** Addresses and networks that SSH is open to, as they are written; undefined for everybody. */
  readonly from: readonly string[] | undefined;
}

/**
 * The hosts that the stack configures: the members of the pools of its sections, VIPs, NAT gateways, host networks, containers,
 * the registry, the name servers, monitoring's servers, Grafana's and Consul's, GitLab and its runners, and those of shared volumes.
 */
export function configuredHosts(draft: Draft): string[] {
  // GitLab's hosts are GitLab's.
  const registry = draft.registry.kind === "docker-registry" ? [draft.registry] : [];
  const gitlab = [draft.gitlab, ...(draft.gitlab.runners === undefined ? [] : [draft.gitlab.runners])];
  const used = [
    draft.webservers,
    draft.kubeGateways,
    ...draft.virtualIps.values(),
    ...draft.natGateways,
    ...registry,
    draft.dns,
    ...gitlab,
  ];
  // Hosts that monitoring runs its own servers on; others that ask are not the stack's.
  const monitoring =
    "prometheus" in draft.monitoring || "alertmanager" in draft.monitoring ? [draft.monitoring.pool] : [];
  const grafana = runsGrafana(draft) ? [grafanaPool(draft)] : [];
  const volumes = hostsOfVolumes(draft);
  const pools = new Set([
    ...used.map(({ pool }) => pool),
    ...(draft.hostNetworks.pools ?? []),
    ...(draft.containerRuntime.pools ?? []),
    ...monitoring,
    ...grafana,
    ...volumes.pools,
  ]);
  const members = [...pools].flatMap((pool) => membersOf(draft, pool));
  return [...new Set([...members, ...volumes.hosts, ...serversOf(draft)])];
}

/** The hosts that SSH connects to: those that the stack configures, and the bastions on the way to them. */
export function connectedHosts(draft: Draft): string[] {
  const configured = configuredHosts(draft);
  const bastions = configured.map((host) => reachOf(draft, host).bastion).filter((bastion) => bastion !== undefined);
  return [...new Set([...configured, ...bastions])].filter((host) => draft.hosts.has(host));
}

/** How a host is reached: its own `connection`, and for what that does not say the box's. */
export function reachOf(draft: Draft, host: string): Reach {
  const own = draft.hosts.get(host)?.connection ?? {};
  const network = own.network ?? draft.connection.network;
  const ownBastion = "bastion" in own ? pathOf("hosts", host, "connection", "bastion") : undefined;
  return {
    network,
    address: addressOn(draft, host, network),
    port: "port" in own ? own.port : "port" in draft.connection ? draft.connection.port : 22,
    user: own.user ?? draft.connection.user ?? "root",
    bastion: ownBastion === undefined ? defaultBastion(draft, host) : own.bastion || undefined,
    bastionPath: ownBastion ?? pathOf("connection", "bastion"),
    from: (own.from ?? draft.connection.from)?.filter((source) => source !== undefined),
  };
}

/** A host that is a bastion itself is reached directly unless it says otherwise; else the default could reach nothing. */
function defaultBastion(draft: Draft, host: string): string | undefined {
  const { bastion } = draft.connection;
  return bastion === host || bastionsSaid(draft).has(host) ? undefined : bastion;
}

const saidByDraft = new WeakMap<Draft, ReadonlySet<string>>();

/** Every host that another host names as its bastion. Found once for a draft: it is asked for each host. */
function bastionsSaid(draft: Draft): ReadonlySet<string> {
  const known = saidByDraft.get(draft);
  if (known) return known;
  const said = new Set<string>();
  for (const { connection } of draft.hosts.values()) {
    if (typeof connection?.bastion === "string") said.add(connection.bastion);
  }
  saidByDraft.set(draft, said);
  return said;
}
