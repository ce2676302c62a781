/**
 * The hosts of the Protobox and their addresses: what the documents draw (reference systems.md §1), as data. Only the
 * lab reads this; on a customer's site the stack's configuration says the same.
 */

/** The networks of the lab, each a bridge. A host's interface carries its network's name (15 letters at most). */
export const NETWORKS = {
  "public-network": { prefix: "192.168.0", length: 24 },
  "gateway-network": { prefix: "192.168.2", length: 24 },
  "box-network": { prefix: "192.168.1", length: 24 },
} as const;

export type NetworkName = keyof typeof NETWORKS;

export const NETWORK_NAMES = Object.keys(NETWORKS) as readonly NetworkName[];

/** Layers of the image that a host is made of, lowest first; see `image/layers.ts`. */
export type LayerName = "base" | "cluster";

/** A machine of the lab. */
export interface LabHost {
  readonly name: string;
  /** Its address on each network that it is on. */
  readonly addresses: Readonly<Partial<Record<NetworkName, string>>>;
  /** What it does in the cluster: the control plane, the workloads, or nothing. The kube gateways are nodes. */
  readonly kubernetes?: "master" | "node";
  /** Whether the daily set has it; `--full` adds the others, and `--masters 3` the masters among them. */
  readonly daily: boolean;
  /** Whether it can fetch packages through the uplink. */
  readonly uplink: boolean;
  readonly layers: readonly LayerName[];
  /** How many empty disks it has beside the one that it boots from; see `hosts/spareDisks.ts`. */
  readonly spareDisks: number;
}

/** Addresses of the operator's workstation, a namespace of its own and no host. */
export const OPERATOR_ADDRESSES = { "public-network": "192.168.0.2", "box-network": "192.168.1.2" } as const;

/** What the site's name server would say: names that belong to no single host, and their virtual addresses. */
export const NAMES_OF_THE_BOX = {
  "kube.plane.box": "192.168.1.10",
  "registry.protobox": "192.168.0.33",
} as const;

const KUBE_GATEWAYS = 3;

/** Every host of the lab, in the order of the documents. */
export const HOSTS: readonly LabHost[] = [
  host("client", { "public-network": "192.168.0.100" }, { uplink: false }),
  host("webserver-1", { "public-network": "192.168.0.30", "gateway-network": "192.168.2.1" }, { spareDisks: 1 }),
  host("webserver-2", { "public-network": "192.168.0.32", "gateway-network": "192.168.2.2" }, { spareDisks: 1 }),
  ...[1, 2, 3, 4, 5].map((n) => gateway(n)),
  ...[1, 2, 3].map((n) =>
    host(`master-${n}`, { "box-network": `192.168.1.${20 + n}` }, { kubernetes: "master", daily: n === 1 }),
  ),
  ...[1, 2].map((n) =>
    host(`node-${n}`, { "box-network": `192.168.1.${50 + n}` }, { kubernetes: "node", daily: n === 1 }),
  ),
  host("supervisor-1", { "box-network": "192.168.1.7" }),
];

/** How many masters a lab may have. With two, etcd outlives the loss of neither, which is worse than one alone. */
export const MASTER_COUNTS = [1, 3] as const;
export type MasterCount = (typeof MASTER_COUNTS)[number];

/**
 * A number of masters, as a person wrote it.
 *
 * @throws when no lab may have so many
 * @example
 * masterCountOf("3"); // 3
 */
export function masterCountOf(text: string): MasterCount {
  const found = MASTER_COUNTS.find((count) => String(count) === text);
  if (found === undefined) {
    throw new Error(`--masters "${text}": a lab has 1 or 3; of two, etcd outlives the loss of neither`);
  }
  return found;
}

/**
 * The hosts of a set: the daily one, or all.
 *
 * @param masters by default one in the daily set, three in the full one
 * @example
 * hostsOfSet(true).length; // 14
 */
export function hostsOfSet(full: boolean, masters: MasterCount = full ? 3 : 1): readonly LabHost[] {
  const isWanted = (candidate: LabHost): boolean => full || candidate.daily;
  const wantedMasters = HOSTS.filter((candidate) => candidate.kubernetes === "master").slice(0, masters);
  return HOSTS.filter((candidate) =>
    candidate.kubernetes === "master" ? wantedMasters.includes(candidate) : isWanted(candidate),
  );
}

/**
 * One host by name.
 *
 * @throws when the lab knows no such host; the message lists those that there are
 */
export function hostNamed(name: string): LabHost {
  const found = HOSTS.find((candidate) => candidate.name === name);
  if (!found) {
    throw new Error(`unknown host "${name}"; the lab has ${HOSTS.map((each) => each.name).join(", ")}`);
  }
  return found;
}

/** The networks that a host is on, in a fixed order. */
export function networksOf(host: LabHost): readonly NetworkName[] {
  return NETWORK_NAMES.filter((network) => host.addresses[network] !== undefined);
}

/** The address at which the operator's workstation reaches a host: on the box network where it has one. */
export function operatorAddressOf(host: LabHost): string {
  const address = host.addresses["box-network"] ?? host.addresses["public-network"];
  if (address === undefined) {
    throw new Error(`host "${host.name}" is on no network of the operator (box-network, public-network)`);
  }
  return address;
}

/**
 * The address at which `viewer` reaches `target`, or undefined when they share no network. The box network comes
 * first: it is where hosts talk to each other by name.
 */
export function addressSeenFrom(viewer: LabHost, target: LabHost): string | undefined {
  const order: readonly NetworkName[] = ["box-network", "gateway-network", "public-network"];
  const shared = order.find((network) => viewer.addresses[network] !== undefined && target.addresses[network]);
  return shared === undefined ? undefined : target.addresses[shared];
}

/**
 * The hardware address that belongs to an address of the lab, the same on every run: a local one (bit 2 of the first
 * octet) whose last four octets are the IPv4 address.
 *
 * @example
 * etherOf("192.168.2.11"); // "02:67:c0:a8:02:0b"
 */
export function etherOf(address: string): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "67", ...octets].join(":");
}

function gateway(n: number): LabHost {
  const addresses = { "gateway-network": `192.168.2.${10 + n}`, "box-network": `192.168.1.${10 + n}` };
  const kubernetes = n <= KUBE_GATEWAYS;
  // Their own volume's brick, and on two of them that of the arbiter of others' volumes.
  const spareDisks = n === 3 || n === 4 ? 2 : 1;
  // gateway-1..3 are the kube gateways; 4 and 5 are the NAT gateways and no part of the cluster.
  return host(`gateway-${n}`, addresses, kubernetes ? { kubernetes: "node", spareDisks } : { spareDisks });
}

function host(
  name: string,
  addresses: LabHost["addresses"],
  rest: Partial<Pick<LabHost, "kubernetes" | "daily" | "uplink" | "spareDisks">> = {},
): LabHost {
  const layers: readonly LayerName[] = rest.kubernetes ? ["base", "cluster"] : ["base"];
  return { name, addresses, daily: true, uplink: true, layers, spareDisks: 0, ...rest };
}
