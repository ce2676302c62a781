/** Where the faults happen: the addresses of the Protobox that move, and the paths by which users come to it. */
import type { Lab } from "../../lab/state.ts";
import type { ProbeOptions } from "./probe/options.ts";
import type { Vip, Watch } from "./probe/start.ts";

/** What users of the public network ask. */
export const EDGE: Vip = {
  name: "edge",
  address: "192.168.0.33",
  network: "public-network",
  hosts: ["webserver-1", "webserver-2"],
  neighbour: "operator",
};

/** What hosts of the gateways' network ask that know one address only. */
export const GATEWAYS: Vip = {
  name: "gateways",
  address: "192.168.2.10",
  network: "gateway-network",
  hosts: ["gateway-3", "gateway-2", "gateway-1"],
  neighbour: "webserver-2",
};

/** The default gateway of the gateways' network. */
export const EGRESS: Vip = {
  name: "egress",
  address: "192.168.2.254",
  network: "gateway-network",
  hosts: ["webserver-2", "webserver-1"],
  neighbour: "gateway-1",
};

/** What the outside sees as the source of whatever the box's own hosts send. */
export const SNAT_ADDRESS = "192.168.0.34";

/** The default gateway of the box network. */
export const NAT: Vip = {
  name: "nat",
  address: "192.168.1.254",
  network: "box-network",
  hosts: ["gateway-4", "gateway-5"],
  neighbour: "operator",
};

/** The Kubernetes API, in a lab of three masters. */
export const KUBE: Vip = {
  name: "kube",
  address: "192.168.1.10",
  network: "box-network",
  hosts: ["master-1", "master-2", "master-3"],
  neighbour: "gateway-5",
};

/** A prober: where it stands and what it does. */
export interface Probe {
  readonly from: string;
  readonly options: ProbeOptions;
  /** Host outside that answers flows and datagrams, where the probe needs one. */
  readonly echo?: { readonly host: string; readonly port: number };
}

/** A web server's own answer, through the address that moves. */
export const WEB: Probe = {
  from: "client",
  options: { kind: "http", url: "https://protobox.test/-/healthz", at: EDGE.address },
};

/** A service of the cluster: client, web server, HAProxy of a gateway, pod. */
export const SERVICE: Probe = {
  from: "client",
  // Long enough that a request which waits for something shows how long.
  options: { kind: "http", url: "https://protobox.test/kibana/", at: EDGE.address, limitMs: 5000 },
};

/** Port of the service that {@link SERVICE} and {@link GATE} ask. */
export const SERVICE_PORT = 30163;

/** A service of the cluster through the gateways' own address: a host of their network, HAProxy of the holder, pod. */
export const GATE: Probe = {
  from: "webserver-1",
  options: { kind: "http", url: `http://${GATEWAYS.address}:${SERVICE_PORT}/kibana/` },
};

const API_URL = "https://kube.plane.box:6442";

/** What a client of the API asks through the address that moves, which any API server answers that is ready. */
export const API: Probe = {
  from: "supervisor-1",
  options: { kind: "http", url: `${API_URL}/readyz`, at: KUBE.address },
};

/** Reads of what is in etcd; whatever takes longer than the ten seconds that the box promises is seen to. */
export const API_READS: Probe = {
  from: "supervisor-1",
  options: {
    kind: "http",
    url: `${API_URL}/api/v1/namespaces/default`,
    at: KUBE.address,
    administrator: true,
    intervalMs: 50,
    limitMs: 12_000,
  },
};

/** A watch, and the writes that it shows. */
export const API_WATCH: Probe = { from: "supervisor-1", options: { kind: "watch", url: API_URL, at: KUBE.address } };

/** Port of the far end of flows, on the client's machine: for the box it is the outside. */
const ECHO_PORT = 7007;
const OUTSIDE = { host: "client", port: ECHO_PORT, address: "192.168.0.100" };

/** Long connections of a host of the box to the outside. */
export function flowsOut(protocol: "tcp" | "udp"): Probe {
  const { address, port } = OUTSIDE;
  return { from: "supervisor-1", options: { kind: "flows", protocol, address, port, count: 200 }, echo: OUTSIDE };
}

/** New connections of a host of the box to the outside. */
export const OUT: Probe = {
  from: "supervisor-1",
  options: { kind: "tcp", address: OUTSIDE.address, port: OUTSIDE.port },
  echo: OUTSIDE,
};

/** A volume that three hosts have, each with a copy. */
export const VOLUME = "gateway-shared";
export const VOLUME_PLACE = "/storage/shared";
export const MEMBERS: readonly string[] = ["gateway-1", "gateway-2", "gateway-3"];

/** A directory of it for files that are written and read back. */
export const FILES_DIRECTORY = `${VOLUME_PLACE}/gatebox-faults`;

function filesFrom(...hosts: readonly string[]): Probe {
  return { from: "operator", options: { kind: "files", hosts, directory: FILES_DIRECTORY } };
}

/** Files of a host of the volume. */
export const FILES = filesFrom("gateway-1");

/** Files of two of its hosts. */
export const FILES_FROM_BOTH = filesFrom("gateway-1", "gateway-2");

/** What a fault knows while it happens. */
export interface Scene {
  readonly lab: Lab;
  /** The host that held the address when the fault began. */
  readonly holder: string;
  /** Another host of the same address. */
  readonly other: string;
  /** The watches over the fault's addresses. */
  readonly watches: ReadonlyMap<string, Watch>;
}
