/** The Protobox, a section of the stack file a constant. What is alike is written once. */
import type { BoxDeclaration, SectionDeclaration } from "gatebox";

type Hosts = SectionDeclaration<"hosts">;

const networks = {
  "public-network": "192.168.0.0/24",
  "box-network": "192.168.1.0/24",
  "gateway-network": "192.168.2.0/24",
};

/** The hardware address of an interface by its address: the machines of the Protobox have theirs by this rule. */
function macAddress(address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return ["02", "67", ...bytes].join(":");
}

function macAddresses(addresses: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(addresses).map(([network, address]) => [network, macAddress(address)]));
}

/** The web servers have no route into the box network, so SSH reaches them on the public network. */
function webserver(clients: string, gateways: string): Hosts[string] {
  const addresses = { "public-network": clients, "gateway-network": gateways };
  return { addresses, macAddresses: macAddresses(addresses), connection: { network: "public-network" } };
}

/** The default gateway of all others is a virtual IP: see `natGateways`. */
function gateway(number: number): Hosts[string] {
  const addresses = { "gateway-network": `192.168.2.${10 + number}`, "box-network": `192.168.1.${10 + number}` };
  return { addresses, macAddresses: macAddresses(addresses), defaultGateway: "192.168.2.254" };
}

/** Hosts of which this stack configures no network: databases, masters, nodes. */
function others(kind: string, first: number, count: number): Hosts {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    numbers.map((index) => [`${kind}-${index + 1}`, { addresses: { "box-network": `192.168.1.${first + index}` } }]),
  );
}

const supervisor = { "box-network": "192.168.1.7" };

const hosts: Hosts = {
  "webserver-1": webserver("192.168.0.30", "192.168.2.1"),
  "webserver-2": webserver("192.168.0.32", "192.168.2.2"),
  "gateway-1": gateway(1),
  "gateway-2": gateway(2),
  // Through the supervisor as its bastion, as a workstation outside of the box network would reach all of them.
  "gateway-3": { ...gateway(3), connection: { bastion: "supervisor-1" } },
  "gateway-4": gateway(4),
  "gateway-5": gateway(5),
  "supervisor-1": { addresses: supervisor, macAddresses: macAddresses(supervisor), defaultGateway: "192.168.1.254" },
  ...others("master", 21, 3),
  ...others("database", 31, 3),
  ...others("search", 41, 3),
  ...others("node", 51, 2),
};

/** The one port of each workload: its NodePort, its port on the gateways and the port of its upstream. */
const apps = {
  argocd: { port: 30160, namespace: "argocd", targetPort: 8080 },
  dash: { port: 30161, namespace: "kubernetes-dashboard", targetPort: 8080 },
  keycloak: { port: 30162, namespace: "keycloak", targetPort: 8080 },
  kibana: { port: 30163, namespace: "logging", targetPort: 8080 },
  "v-admin": { port: 30164, namespace: "v-admin", targetPort: 8080 },
  pgadmin4: { port: 30165, namespace: "postgresql", targetPort: 8080 },
};

/** What an application is told of the client. */
const forwarded = {
  Host: "$http_host",
  "X-Real-IP": "$remote_addr",
  "X-Forwarded-For": "$remote_addr",
  "X-Forwarded-Proto": "$scheme",
};

/** An address of two hosts, the first of which has it as long as it is well. */
function virtualIp(pool: string, network: string, address: string, virtualRouterId: number, order: [string, string]) {
  const [first, second] = order;
  return { pool, network, address, virtualRouterId, priorities: { [first]: 200, [second]: 100 } };
}

const edge: [string, string] = ["webserver-1", "webserver-2"];
const inward: [string, string] = ["webserver-2", "webserver-1"];
const nat: [string, string] = ["gateway-4", "gateway-5"];

type Volume = Extract<SectionDeclaration<"sharedVolumes">[string], { kind: "gluster" }>;
type ReplicaSet = NonNullable<Volume["replicaSets"]>[number];

/** Where a brick stands: an empty disk of a host. */
function disk(host: string, device = "/dev/vdb"): ReplicaSet["data"][number] {
  return { host, device };
}

function volume(...replicaSets: ReplicaSet[]): Volume {
  return { kind: "gluster", network: "gateway-network", replicaSets };
}

/** What the lists of the repository are signed with. This one is nobody's: write that of yours. */
const repositoryKey = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEaw3oKxYJKwYBBAHaRw8BAQdATV7DrSyJ3BglzBg7dwMlDU0+Uj4T8sTzWYar
RpeYkP20IFdyaXRlIHlvdXIgcmVwb3NpdG9yeSdzIGtleSBoZXJliJAEExYIADgW
IQQ66UJ5dT61RzOUlI31U7cQ4rg81wUCaw3oKwIbAwULCQgHAgYVCgkICwIEFgID
AQIeAQIXgAAKCRD1U7cQ4rg812V4AQDuw3ObBWGcICiTjP0gle8w097MSIRCkPpo
6XILoyEgWgD+PHWJDGv1eC9Hj0jDr1y4W60xgBSmQqyYfY7JBjVt/AQ=
=LjLr
-----END PGP PUBLIC KEY BLOCK-----
`;

export const protobox: BoxDeclaration = {
  networks,
  connection: {
    user: "root",
    network: "box-network",
    // The public host keys, one line a host, copied from the hosts' own consoles.
    knownHosts: "known_hosts",
    from: ["192.168.0.2", "192.168.1.0/24"],
  },
  hosts,
  pools: {
    "webservers-pool": ["webserver-1", "webserver-2"],
    "kube-gateway-pool": ["gateway-1", "gateway-2", "gateway-3"],
    "nat-gateway-pool": ["gateway-4", "gateway-5"],
    "supervisors-pool": ["supervisor-1"],
    "masters-pool": ["master-1", "master-2", "master-3"],
    "nodes-pool": ["node-1", "node-2"],
    "databases-pool": ["database-1", "database-2", "database-3"],
    "search-pool": ["search-1", "search-2", "search-3"],
  },
  apps,
  kubeGateways: {
    pool: "kube-gateway-pool",
    network: "gateway-network",
    backendNetwork: "box-network",
    metricsPort: 8405,
    routes: {
      kibana: {
        mode: "http",
        address: "*",
        app: "kibana",
        destination: { group: { name: "kube-gateway-pool" }, balance: "roundrobin", options: ["httplog"] },
      },
    },
  },
  webservers: {
    pool: "webservers-pool",
    network: "public-network",
    upstreamNetwork: "gateway-network",
    serverNames: ["protobox.test", "registry.protobox"],
    serveAddresses: true,
    // For trials: an authority of the box's own signs.
    tls: { issuedByBox: true },
    routes: {
      kibana: {
        location: "/kibana/",
        params: {
          proxy_set_header: { type: "repeat", values: forwarded },
          proxy_read_timeout: { values: "120s" },
          // Without a path after the upstream's name the request keeps its own, /kibana/ included.
          proxy_pass: { values: "http://stream_kibana" },
        },
        upstream: { name: "stream_kibana", app: "kibana", group: "kube-gateway-pool" },
      },
    },
  },
  services: {
    argocd: { app: "argocd", options: ["httplog"], web: { websocket: true } },
    dash: { app: "dash", options: ["httplog"] },
    keycloak: { app: "keycloak", options: ["httplog"] },
    "v-admin": { app: "v-admin", options: ["httplog"] },
    pgadmin4: {
      app: "pgadmin4",
      balance: "roundrobin",
      options: ["httplog"],
      web: {
        location: "/pgadmin4/",
        params: {
          // pgAdmin builds its links with this prefix, which is not in the path that reaches it.
          proxy_set_header: { type: "repeat", values: { ...forwarded, "X-Script-Name": "/pgadmin4" } },
          proxy_pass: { values: "http://stream_pgadmin4/" },
        },
      },
    },
  },
  virtualIps: {
    edge: virtualIp("webservers-pool", "public-network", "192.168.0.33", 1, edge),
    egress: virtualIp("webservers-pool", "gateway-network", "192.168.2.254", 2, inward),
    egressOut: { ...virtualIp("webservers-pool", "public-network", "192.168.0.34", 7, inward), syncGroup: "egress" },
    kube: {
      pool: "masters-pool",
      network: "box-network",
      address: "192.168.1.10",
      virtualRouterId: 3,
      priorities: { "master-1": 200, "master-2": 100, "master-3": 50 },
    },
    gateways: {
      pool: "kube-gateway-pool",
      network: "gateway-network",
      address: "192.168.2.10",
      virtualRouterId: 8,
      priorities: { "gateway-3": 200, "gateway-2": 100, "gateway-1": 50 },
    },
    nat: virtualIp("nat-gateway-pool", "box-network", "192.168.1.254", 5, nat),
    natOut: { ...virtualIp("nat-gateway-pool", "gateway-network", "192.168.2.253", 6, nat), syncGroup: "nat" },
  },
  natGateways: [
    {
      name: "nat",
      pool: "nat-gateway-pool",
      input: "box-network",
      output: "gateway-network",
      snatAddress: "natOut",
      conntrack: { max: 262144 },
    },
    { name: "edge", pool: "webservers-pool", input: "gateway-network", output: "public-network", snatAddress: "egressOut" }, // prettier-ignore
  ],
  // The CA of the cluster: /etc/kubernetes/pki/ca.crt of a master. The one in this folder is for trials.
  controlPlane: { virtualIp: "kube", serverNames: ["kube.plane.box"], ca: "kube-ca.pem", etcdMetricsPort: 2381 },
  sharedVolumes: {
    "gateway-shared": volume({ data: [disk("gateway-1"), disk("gateway-2"), disk("gateway-3")] }),
    "nat-shared": volume({ data: nat.map((host) => disk(host)), arbiter: disk("gateway-3", "/dev/vdc") }),
    "web-shared": volume({ data: edge.map((host) => disk(host)), arbiter: disk("gateway-4", "/dev/vdc") }),
  },
  registry: {
    name: "registry.protobox",
    pool: "nat-gateway-pool",
    storage: { directory: "/storage/shared/registry", shared: true },
  },
  containerRuntime: {
    pools: ["kube-gateway-pool", "nodes-pool"],
    network: "box-network",
    registries: { "registry.protobox": { username: "box" } },
  },
  dns: {
    pool: "supervisors-pool",
    networks: ["box-network"],
    domains: ["protobox"],
    records: { git: "192.168.0.33", pages: "192.168.0.33" },
    forwarders: ["9.9.9.9", "149.112.112.112"],
    dhcp: {
      "box-network": { range: { first: "192.168.1.100", last: "192.168.1.199" }, router: "192.168.1.254" },
    },
  },
  monitoring: {
    pool: "nat-gateway-pool",
    networks: ["box-network", "gateway-network"],
    prometheus: {},
    alertmanager: { receivers: { operator: { webhook: { url: "http://192.168.0.2:9080/alerts" } } } },
  },
  // A site's own mirror, or the vendor's repository.
  aptRepositories: {
    hashicorp: {
      url: "https://apt.example.org/hashicorp",
      suite: "bookworm",
      components: ["main"],
      key: repositoryKey,
    },
  },
  consul: { repository: "hashicorp", network: "box-network" },
  tools: { prometheus: {}, alertmanager: {}, consul: {} },
  hostNetworks: { pools: ["webservers-pool", "kube-gateway-pool", "nat-gateway-pool", "supervisors-pool"] },
};
