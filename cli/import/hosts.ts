import { show } from "../../box/printable.ts";
import { contains, isAddress, rangeOf } from "../../box/ipv4.ts";
import { commonest } from "./commonest.ts";
import { numberOf, type Entry } from "./entry.ts";
import { definitionsOf, hostsOf, lookUp, type Inventory } from "./inventory.ts";
import { listed } from "./listed.ts";
import { plainName, toldNetworkName } from "./names.ts";
import { Networks } from "./networks.ts";
import { FILL_IN, type Notes } from "./notes.ts";

/** One entry of the section `hosts`. */
export interface Host {
  readonly addresses: Record<string, string>;
  readonly interfaces: Record<string, string>;
  readonly macAddresses: Record<string, string>;
  defaultGateway?: string;
  connection?: Partial<Connection>;
}

/** How SSH reaches a host, as far as an inventory says it. */
interface Connection {
  readonly network: string;
  readonly user: string;
  /** A number, or what is written in its place: a preview refuses that. */
  readonly port: unknown;
}

/** The sections `networks`, `connection` and `hosts`. */
export interface HostSections {
  readonly networks: Readonly<Record<string, string>>;
  readonly connection: Readonly<Record<string, unknown>>;
  readonly hosts: Readonly<Record<string, Host>>;
}

/** sshd's own port, and the one that a stack file means when it says none. */
const SSH_PORT = 22;

/** Reads every host's addresses, and from them the networks and the way that SSH takes. */
export function readHosts(inventory: Inventory, notes: Notes): HostSections {
  const blocks = new Networks(notes);
  const hosts: Record<string, Host> = {};
  for (const [name, definitions] of inventory.hosts) {
    if (plainName(name) !== name)
      notes.changed(name, `is no name of a stack file: the host is ${plainName(name)} there`);
    const host: Host = { addresses: {}, interfaces: {}, macAddresses: {} };
    for (const entry of lookUp(definitions, "networks_interfaces")?.entries() ?? []) {
      readInterface(plainName(name), host, entry, blocks, notes);
    }
    hosts[plainName(name)] = host;
  }
  const networks = blocks.section(hosts);
  const connections = [...inventory.hosts.keys()].map((name) => {
    const found = readConnection(definitionsOf(inventory, name), plainName(name), hosts, networks, notes);
    return [plainName(name), found] as const;
  });
  return { networks, connection: commonConnection(connections, hosts, notes), hosts };
}

function readInterface(name: string, host: Host, entry: Entry, blocks: Networks, notes: Notes): void {
  const network = toldNetworkName(entry.key, entry.path, notes);
  const dhcp = /^(true|yes|on)$/i.test(entry.at("dhcp")?.text() ?? "");
  const ip = blocks.addressOn(network, entry.at("ip"));
  if (dhcp && ip !== "")
    notes.changed(entry.path, `dhcp: ${ip} is written as ${name}'s fixed address, see that it stays`);
  host.addresses[network] =
    ip || notes.fill(["hosts", name, "addresses"], `the address of ${name} on ${network}, which has no ip there`);
  // An interface has the name that is written, also where its network has another one here.
  if (network !== entry.key) host.interfaces[network] = entry.key;
  const ether = entry.at("ether")?.text();
  if (ether !== undefined) host.macAddresses[network] = ether;
  for (const gateway of entry.at("gateways")?.items() ?? []) {
    const to = gateway.at("to")?.peek();
    if ((to !== "default" && to !== "0.0.0.0/0") || host.defaultGateway !== undefined) continue;
    gateway.at("to")?.read();
    host.defaultGateway = gateway.at("via")?.text() ?? "";
  }
}

/** Where SSH goes; a host's other addresses are looked at on the way. */
function readConnection(
  definitions: readonly Entry[],
  name: string,
  hosts: HostSections["hosts"],
  networks: HostSections["networks"],
  notes: Notes,
): Partial<Connection> {
  const addresses = hosts[name]?.addresses ?? {};
  const found = ["ip", "access_ip", "ansible_host"].map((key) => {
    const entry = lookUp(definitions, key);
    return entry && placed(entry, name, addresses, networks, notes);
  });
  const network = found.at(-1);
  const user = lookUp(definitions, "ansible_user")?.text();
  const port = numberOf(lookUp(definitions, "ansible_port")?.read() ?? SSH_PORT);
  return {
    ...(network === undefined ? {} : { network }),
    ...(user === undefined ? {} : { user }),
    port,
  };
}

/** The network of an address that a host has beside its interfaces; the host gets it where it has none there. */
function placed(
  entry: Entry,
  name: string,
  addresses: Record<string, string>,
  networks: HostSections["networks"],
  notes: Notes,
): string | undefined {
  const address = entry.text();
  const [known] = Object.keys(addresses).filter((network) => addresses[network] === address);
  if (known !== undefined) return known;
  const home = Object.entries(networks).find(([, cidr]) => {
    return isAddress(address) && cidr !== FILL_IN && contains(rangeOf(cidr), address);
  })?.[0];
  if (home === undefined || addresses[home] !== undefined) {
    const why = home === undefined ? "lies in no network" : `is not ${addresses[home] ?? ""}, its address on ${home}`;
    notes.changed(entry.path, `${show(address)} ${why}: left out; see which one ${name} has`);
    return undefined;
  }
  notes.changed(entry.path, `${address} lies in ${home}, where ${name} has no interface: written as its address there`);
  addresses[home] = address;
  return home;
}

type HostConnection = readonly [host: string, connection: Partial<Connection>];

/** What most hosts have is the box's own; hosts that differ say so. */
function commonConnection(
  connections: readonly HostConnection[],
  hosts: HostSections["hosts"],
  notes: Notes,
): Record<string, unknown> {
  const network = commonest(connections.flatMap(([, own]) => own.network ?? []));
  const user = commonest(connections.flatMap(([, own]) => own.user ?? []));
  const port = commonest(connections.map(([, own]) => own.port)) ?? SSH_PORT;
  const without = connections.filter(([, own]) => own.user === undefined).map(([name]) => name);
  if (user !== undefined && without.length > 0) {
    const message = `${show(user)} is the ansible_user of other hosts; ${listed(without)} have none and get it too`;
    notes.check(["connection", "user"], message);
  }
  for (const [name, found] of connections) {
    const own = Object.entries(found).filter(([key, value]) => value !== { network, user, port }[key]);
    const host = hosts[name];
    if (host && own.length > 0) host.connection = Object.fromEntries(own);
  }
  notes.check(
    ["connection", "knownHosts"],
    "a file with the public host key (Ed25519 or ECDSA) of each host that the stack configures",
  );
  return {
    ...(user === undefined ? {} : { user }),
    network: network ?? notes.fill(["connection", "network"], "the network on which you reach the hosts"),
    ...(port === SSH_PORT ? {} : { port }),
    knownHosts: "known_hosts",
  };
}

/** The section `pools`: every group with hosts, its own and those of the groups under it. */
export function readPools(inventory: Inventory): Record<string, string[]> {
  const named = [...inventory.groups.keys()].filter((name) => name !== "all" && name !== "ungrouped");
  const pools = named.map((name) => [plainName(name), hostsOf(inventory, name).map(plainName)] as const);
  return Object.fromEntries(pools.filter(([, members]) => members.length > 0));
}

/** The networks that every one of some hosts is on. */
export function sharedNetworks(members: readonly string[], hosts: HostSections["hosts"]): string[] {
  const [first, ...rest] = members.map((member) => Object.keys(hosts[member]?.addresses ?? {}));
  return (first ?? []).filter((network) => rest.every((own) => own.includes(network)));
}
