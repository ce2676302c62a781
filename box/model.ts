/**
 * The typed model of one box: what a stack's configuration says, after every rule has been checked and every name has
 * been resolved. It is plain data (it survives JSON), so that a stack can export it and another stack can use it.
 */

import type { AptRepository } from "./sections/aptRepositories/model.ts";
import type { Consul } from "./sections/consul/model.ts";
import type { Rollout } from "./sections/rollout/model.ts";
import type { ContainerRuntime } from "./sections/containerRuntime/index.ts";
import type { ControlPlane } from "./sections/controlPlane/model.ts";
import type { Dns } from "./sections/dns/model.ts";
import type { GitLab } from "./sections/gitlab/model.ts";
import type { Grafana } from "./sections/grafana/model.ts";
import type { Limits } from "./sections/limits/index.ts";
import type { Monitoring } from "./sections/monitoring/index.ts";
import type { NatGateway } from "./sections/natGateways/model.ts";
import type { ContainerRegistry } from "./sections/registry/index.ts";
import type { SharedVolume } from "./sections/sharedVolumes/model.ts";
import type { Tools } from "./sections/tools/model.ts";
import type { VirtualIp } from "./sections/virtualIps/model.ts";

export type { AptRepository } from "./sections/aptRepositories/model.ts";

export type { Consul } from "./sections/consul/model.ts";
export type { Rollout } from "./sections/rollout/model.ts";

export type { ContainerRuntime, RuntimeRegistry } from "./sections/containerRuntime/index.ts";
export type { ControlPlane } from "./sections/controlPlane/model.ts";
export type { DhcpNetwork, Dns, DnsRecord, Lease } from "./sections/dns/model.ts";
export type { GitLab, GitLabRunners, GitLabSmtp } from "./sections/gitlab/model.ts";
export type { Grafana } from "./sections/grafana/model.ts";
export type { Alertmanager, Monitoring, Prometheus } from "./sections/monitoring/index.ts";
export type { NatGateway, SnatAddress } from "./sections/natGateways/model.ts";
export type { ContainerRegistry } from "./sections/registry/index.ts";
export type { OidcProxy, Tool, Tools } from "./sections/tools/model.ts";
export { ToolAuth, type ToolName } from "./sections/tools/programs.ts";
export type { VirtualIp } from "./sections/virtualIps/model.ts";
export type {
  Brick,
  GlusterVolume,
  LocalVolume,
  NfsVolume,
  ReplicaSet,
  SharedVolume,
} from "./sections/sharedVolumes/model.ts";

/** A network of the box, for example `gateway-network`. */
export interface Network {
  readonly name: string;
  /** In CIDR notation, for example `192.168.2.0/24`. */
  readonly cidr: string;
  /** Its IPv6 prefix, where it has one, for example `fd00:0:0:a::/64`; written as RFC 5952 says, as all IPv6 is. */
  readonly ipv6?: string;
}

/** How the operator's workstation reaches a machine by SSH. */
export interface SshEndpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /**
   * The public host key, `TYPE BASE64`, checked on every connection. Absent only in a box that was read to be looked at,
   * with `hostKeys: "optional"`: nothing connects to such an endpoint.
   */
  readonly hostKey?: string;
}

/** An SSH endpoint, reached directly or through one bastion. */
export interface Connection extends SshEndpoint {
  readonly bastion?: SshEndpoint;
  /**
   * Addresses and networks in CIDR notation that SSH is open to, the bastion's own among them.
   * @default everybody on the networks that it is open on
   */
  readonly from?: readonly string[];
}

/** A machine of the box. */
export interface Host {
  readonly name: string;
  /** Its address on each network that it is on, by network name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Its IPv6 address, where it has one, on networks with an IPv6 prefix. */
  readonly addresses6?: Readonly<Record<string, string>>;
  /** The name of its interface on each network; by default an interface carries its network's name. */
  readonly interfaces: Readonly<Record<string, string>>;
  /** The hardware address (MAC, lower case) of its interface by network, where it is known. */
  readonly macAddresses?: Readonly<Record<string, string>>;
  /** The address that its default route leads through, on one of its networks. */
  readonly defaultGateway?: string;
  /** Which machine it is: with another text everything is applied to the host again. */
  readonly machine?: string;
  /** What is applied again where its text is another than before: `ASSEMBLY/UNIT`, `packages` or `runtime`. */
  readonly repair?: Readonly<Record<string, string>>;
  /** Absent for hosts that the stack only names and never configures (databases, for example). */
  readonly connection?: Connection;
}

/** Hosts that do the same work. The order is the order in which they are changed, unless `rollout` says another. */
export interface Pool {
  readonly name: string;
  readonly members: readonly string[];
}

/** A workload in the cluster and the one port value under which it is known everywhere. */
export interface App {
  readonly name: string;
  /** NodePort, gateway port and upstream port in one, 30000–32767. */
  readonly port: number;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  /** Port (number or name) of the pods. */
  readonly targetPort: number | string;
  /** Port of the Service inside the cluster. */
  readonly servicePort: number;
}

/** How HAProxy reads what passes a route: requests (`http`), or bytes (`tcp`). */
export const GatewayMode = { Http: "http", Tcp: "tcp" } as const;
/** How HAProxy reads what passes a route: requests (`http`), or bytes (`tcp`). */
export type GatewayMode = (typeof GatewayMode)[keyof typeof GatewayMode];

/** A server that a route sends requests to. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** How HAProxy finds out that a server is well. A `path` asks over HTTP; without one a TCP connect is enough. */
export interface HealthCheck {
  readonly path?: string;
  /** The `Host` that a check over HTTP asks for: the name that users ask for, unless the stack says another. */
  readonly host?: string;
  /** Milliseconds between checks. */
  readonly intervalMs: number;
  /** Failed checks until the server is taken out. */
  readonly fall: number;
  /** Passed checks until it is taken back. */
  readonly rise: number;
}

/** Where a gateway route leads. Groups are already resolved into members on the box network. */
export interface Destination {
  readonly members: readonly Member[];
  /** HAProxy's balance algorithm: `roundrobin`, `leastconn`, `source`, … */
  readonly balance: string;
  /** HAProxy `option`s, for example `httplog`. */
  readonly options: readonly string[];
  readonly check: HealthCheck;
}

/** One declared route through the gateways. */
export interface GatewayRoute {
  readonly name: string;
  readonly mode: GatewayMode;
  /** `*`: the gateway's own address and its pool's VIPs on the gateway network; never an address of another network. */
  readonly address: string;
  readonly port: number;
  readonly destination: Destination;
  /** Whether WebSocket upgrades pass: a location that leads here passes them. */
  readonly websocket: boolean;
  /** Headers that are claims elsewhere (see `isClaim`), and pass here. */
  readonly passHeaders: readonly string[];
  /** Seconds that a server may be silent; absent where no web server waits for it, or where one waits for very long. */
  readonly answerSeconds?: number;
}

/** The pool of HAProxy gateways in front of the cluster and its own route table. */
export interface KubeGateways {
  readonly pool: string;
  /** The network that the web servers reach the gateways on. */
  readonly network: string;
  /** The network of the cluster's nodes, where HAProxy's backends and its metrics are. */
  readonly backendNetwork: string;
  readonly metricsPort: number;
  readonly routes: readonly GatewayRoute[];
}

/** An nginx directive with one value, or repeated once per entry (`proxy_set_header NAME VALUE;`). */
export type LocationParam =
  | { readonly type: "single"; readonly directive: string; readonly value: string }
  | { readonly type: "repeat"; readonly directive: string; readonly values: Readonly<Record<string, string>> };

/** An nginx `upstream`: the members of a pool on the gateway network, at one port. */
export interface Upstream {
  readonly name: string;
  readonly members: readonly Member[];
  /** Whether the first member answers alone while it is well, and others only in its place. @default all share the requests */
  readonly firstAlone?: boolean;
}

/** One location on the web servers. */
export interface WebserverRoute {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly location: string;
  readonly params: readonly LocationParam[];
  readonly upstream: Upstream;
  /** Whether the location passes WebSocket upgrades on. */
  readonly websocket: boolean;
  /** Request headers of clients that pass though they are claims (see `isClaim`). */
  readonly passHeaders: readonly string[];
}

/** What a request for a name that is not served gets: an answer 421 (`refuse`), or nothing (`close`). */
export const UnknownNames = { Refuse: "refuse", Close: "close" } as const;
/** What a request for a name that is not served gets: an answer 421 (`refuse`), or nothing (`close`). */
export type UnknownNames = (typeof UnknownNames)[keyof typeof UnknownNames];

/** The pool of nginx web servers at the edge and its own route table. */
export interface Webservers {
  readonly pool: string;
  /** The network that clients come from. */
  readonly network: string;
  /** The network on which the gateways are reached. */
  readonly upstreamNetwork: string;
  readonly serverNames: readonly string[];
  /** Whether requests by address are served where names are declared. */
  readonly serveAddresses: boolean;
  /** What a request for any other name gets: an answer 421, or a closed connection. */
  readonly unknownNames: UnknownNames;
  /** The certificate chain in PEM; its key is a secret of the stack. Absent: self-signed on the host, for trials. */
  readonly certificate?: string;
  /** The certificate is made by the program, of an authority of the box's own. Absent where it is not. */
  readonly issuedByBox?: true;
  readonly routes: readonly WebserverRoute[];
}

/** A service of the cluster that is exposed: Service, gateway route and location from one port. */
export interface ExposedServiceSpec {
  readonly name: string;
  readonly app: App;
  readonly gateway: GatewayRoute;
  /** Absent where it has no location on the web servers. */
  readonly web?: WebserverRoute;
}

/** The protocol of a port. */
export const Protocol = { Tcp: "tcp", Udp: "udp" } as const;
/** The protocol of a port. */
export type Protocol = (typeof Protocol)[keyof typeof Protocol];

/** A port of hosts' own that is open beside what the box itself needs. Nothing is forwarded by it. */
export interface OpenPort {
  /** The network that it is open to; every host of the pool is on it. */
  readonly network: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** What is open on configured hosts beside what their programs declare. */
export interface Firewall {
  readonly openPorts: readonly (OpenPort & {
    /** The pool whose hosts open the port. */
    readonly pool: string;
  })[];
}

/** The hosts whose network is written with netplan; all others keep theirs. */
export interface HostNetworks {
  readonly pools: readonly string[];
  /** Name servers of these hosts, for systemd-resolved. */
  readonly nameservers: readonly string[];
  /** Files of netplan and ifupdown that configured the hosts' interfaces so far, and are set aside. */
  readonly replaces: readonly string[];
}

/** One box, whole and consistent. */
export interface Box {
  readonly name: string;
  readonly networks: Readonly<Record<string, Network>>;
  readonly hosts: Readonly<Record<string, Host>>;
  readonly pools: Readonly<Record<string, Pool>>;
  readonly rollout: Readonly<Record<string, Rollout>>;
  readonly apps: Readonly<Record<string, App>>;
  readonly kubeGateways?: KubeGateways | undefined;
  readonly webservers?: Webservers | undefined;
  readonly services: readonly ExposedServiceSpec[];
  readonly limits: Limits;
  readonly virtualIps: Readonly<Record<string, VirtualIp>>;
  readonly natGateways: readonly NatGateway[];
  readonly hostNetworks: HostNetworks;
  readonly firewall: Firewall;
  readonly aptRepositories: Readonly<Record<string, AptRepository>>;
  readonly monitoring?: Monitoring | undefined;
  readonly containerRuntime?: ContainerRuntime | undefined;
  readonly registry?: ContainerRegistry | undefined;
  readonly sharedVolumes: Readonly<Record<string, SharedVolume>>;
  readonly controlPlane?: ControlPlane | undefined;
  readonly tools?: Tools | undefined;
  readonly grafana?: Grafana | undefined;
  readonly dns?: Dns | undefined;
  readonly gitlab?: GitLab | undefined;
  readonly consul?: Consul | undefined;
  /** What is sound but hardly meant, each in one line, `path: message`, for the operator to read. */
  readonly warnings: readonly string[];
}
