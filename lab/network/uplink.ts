/**
 * The hosts' route to their packages: an interface `uplink` of each host, a router in a namespace of the lab, and one
 * cable from there to the machine, where the lab's own nftables table lets downloads pass and nothing else.
 */
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { etherOf, HOSTS, type LabHost } from "../inventory.ts";
import { readAptConfiguration } from "../image/apt.ts";
import { run, runChecked } from "../run.ts";
import { namespaceOf, type Lab } from "../state.ts";
import { addNamespace, ip, removeNamespace, runInNamespaceChecked, writeSysctl } from "./namespaces.ts";
import { machineRules, machineTableOf, routerRules, type Endpoint } from "./uplinkRules.ts";

/** The network between hosts and router. Every lab has the same: it never leaves the router. */
const ROUTER = { prefix: "100.64.0", length: 24 } as const;

/** Hosts are numbered from here on; what is below is the router's: one address per resolver that it stands for. */
const FIRST_HOST = 10;

/** Resolvers that the C library asks at most (resolv.conf(5), MAXNS). */
const MOST_RESOLVERS = 3;

/** What the machine itself uses, as far as the uplink must let it pass. */
export interface MachineAccess {
  /** Addresses of its name servers. */
  readonly resolvers: readonly string[];
  /** Where the machine's packages come from: reachable also at a private address (a proxy, a mirror in the house). */
  readonly downloads: readonly Endpoint[];
  /** Networks that the machine itself is on, as CIDR. */
  readonly neighbours: readonly string[];
}

/** Makes the router and its cable to the machine, and writes the rules of both anew. */
export async function addUplink(lab: Lab, index: number): Promise<void> {
  const access = await readMachineAccess();
  const router = namespaceOf(lab, "uplink");
  const cable = cableOf(index);
  if (!(await isConnected(router, cable))) {
    await removeUplink(lab, index);
    await addNamespace(router);
    await ip(router, [
      // Of its own address: a bridge that borrows a port's changes it whenever a host goes, and the others miss it.
      `link add hosts address ${etherOf(`${ROUTER.prefix}.1`)} type bridge`,
      ...routerAddresses().map((address) => `address add ${address}/${ROUTER.length} dev hosts`),
      "link set hosts up",
    ]);
    await ip(undefined, [
      `link add name ${cable.name} type veth peer name machine netns ${router}`,
      `address add ${cable.machine}/${cable.length} dev ${cable.name}`,
      `link set ${cable.name} up`,
    ]);
    await ip(router, [
      `address add ${cable.router}/${cable.length} dev machine`,
      "link set machine up",
      `route add default via ${cable.machine}`,
    ]);
  }
  await writeSysctl(router, "net/ipv4/ip_forward", "1");
  const dns = access.resolvers.map((resolver, n) => ({ address: routerAddresses()[n] ?? "", resolver }));
  await runInNamespaceChecked("write the router's rules", router, "nft", ["-f", "-"], routerRules(dns));
  const rules = machineRules({ table: machineTableOf(lab), cable, ...access });
  await runChecked("write the uplink's rules on the machine", "nft", ["-f", "-"], { input: rules });
}

/** Removes router, cable and rules; what is not there is no error. */
export async function removeUplink(lab: Lab, index: number | undefined): Promise<void> {
  const table = machineTableOf(lab);
  await run("nft", ["-f", "-"], { input: `table inet ${table} {}\ndelete table inet ${table}\n` });
  const router = namespaceOf(lab, "uplink");
  // By its far end, which has the same name in every lab. With the namespace alone, the kernel removes the cable some time
  // later.
  await run("ip", ["-n", router, "link", "delete", "machine"]);
  await removeNamespace(router);
  if (index !== undefined) {
    await run("ip", ["link", "delete", cableOf(index).name]);
  }
}

/**
 * The routing table of a host that holds the uplink's route and nothing else, and the places of its rules: before that of
 * the main table (32766), after whatever else a host may have.
 */
const TABLE = { number: 100, specific: 32001, uplink: 32002 } as const;

/** All networks of all boxes: where the uplink never leads. */
const BOXES = "192.168.0.0/16";

/**
 * The order in which a host looks for a route. The main table belongs to the host, its default route included: that
 * leaves the box, as on a real host. First comes all that the main table says in particular (its own networks, the
 * pods'), then for whatever is not in a box the uplink, so that packages do not depend on what is being tested. What is in
 * a box is left to the main table's default route, and is refused at once where there is none.
 */
const RULES: readonly string[] = [
  `rule add pref ${TABLE.specific} lookup main suppress_prefixlength 0`,
  `rule add pref ${TABLE.uplink} not to ${BOXES} lookup ${TABLE.number}`,
];

/**
 * Gives a host its interface `uplink` and the routes over it. This is the lab's own; the host's own programs know nothing of
 * it.
 */
export async function plugIntoUplink(lab: Lab, host: LabHost): Promise<void> {
  const own = namespaceOf(lab, host.name);
  const router = namespaceOf(lab, "uplink");
  const port = `u-${host.name}`.slice(0, 15);
  await run("ip", ["-n", router, "link", "delete", port], { timeoutSeconds: 30 });
  await ip(undefined, [`link add name uplink netns ${own} type veth peer name ${port} netns ${router}`]);
  // Isolated ports reach the router and not each other: the uplink is no way around the lab's networks.
  await ip(router, [`link set ${port} master hosts up`, `link set ${port} type bridge_slave isolated on`]);
  const address = `${ROUTER.prefix}.${FIRST_HOST + HOSTS.findIndex((each) => each.name === host.name)}`;
  await ip(own, [
    `address add ${address}/${ROUTER.length} dev uplink`,
    "link set uplink up",
    `route add default via ${ROUTER.prefix}.1 dev uplink table ${TABLE.number}`,
    ...RULES,
  ]);
}

/** The name servers that a host of the lab asks: the router, which stands for the machine's own. */
export async function resolversOfHosts(): Promise<readonly string[]> {
  const { resolvers } = await readMachineAccess();
  return routerAddresses().slice(0, resolvers.length);
}

/** The names that hosts of the lab fetch their packages from: they may be at private addresses. */
export async function downloadNames(): Promise<readonly string[]> {
  const names = (await downloadUrls()).map(({ hostname }) => hostname);
  return [...new Set(names.filter((name) => !isIPv4(name)))];
}

/** The two ends of a lab's cable to the machine. 100.127.0.0/16 is the far end of what carriers use inside (RFC 6598). */
export interface Cable {
  readonly name: string;
  readonly machine: string;
  readonly router: string;
  readonly length: number;
}

/** Whether no interface of this machine has the addresses of a lab of that number yet. */
export async function isIndexFree(index: number): Promise<boolean> {
  const { machine, length } = cableOf(index);
  const { stdout } = await run("ip", ["-4", "route", "get", machine]);
  // An address that some interface already serves is routed to it; ours to be is anybody's, by the default route or by none.
  const { stdout: onLink } = await run("ip", ["-4", "route", "show", "match", `${machine}/${length}`, "scope", "link"]);
  return onLink.trim() === "" && !stdout.startsWith("local ");
}

function cableOf(index: number): Cable {
  return { name: `gb-up${index}`, machine: `100.127.${index}.1`, router: `100.127.${index}.2`, length: 30 };
}

/** Whether the router is there and its cable leads to the machine's end of that name. */
async function isConnected(router: string, cable: Cable): Promise<boolean> {
  const { stdout } = await run("ip", ["-n", router, "-4", "address", "show", "dev", "machine"]);
  const { code } = await run("ip", ["link", "show", "dev", cable.name]);
  return code === 0 && stdout.includes(` ${cable.router}/${cable.length} `);
}

function routerAddresses(): readonly string[] {
  return Array.from({ length: MOST_RESOLVERS }, (_, n) => `${ROUTER.prefix}.${n + 1}`);
}

async function readMachineAccess(): Promise<MachineAccess> {
  const [resolvers, downloads, routes] = await Promise.all([
    readResolvers(),
    readDownloads(),
    run("ip", ["-4", "route", "show", "scope", "link"]),
  ]);
  const neighbours = routes.stdout.match(/^\d+\.\d+\.\d+\.\d+\/\d+/gm) ?? [];
  return { resolvers, downloads, neighbours: neighbours.filter((cidr) => !cidr.startsWith("100.127.")) };
}

/** With systemd-resolved, /etc/resolv.conf names a server on the machine's loopback and this file the real ones. */
async function readResolvers(): Promise<readonly string[]> {
  for (const path of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    const text = await readFile(path, "utf8").catch(() => "");
    const found = [...text.matchAll(/^nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
    const usable = found.filter((address) => isIPv4(address) && !address.startsWith("127."));
    if (usable.length > 0) {
      return usable.slice(0, MOST_RESOLVERS);
    }
  }
  throw new Error(
    "/etc/resolv.conf names no IPv4 name server beyond this machine's loopback, so hosts of the lab could resolve " +
      "nothing; name the real one there, or in /run/systemd/resolve/resolv.conf",
  );
}

async function downloadUrls(): Promise<readonly URL[]> {
  const apt = await readAptConfiguration();
  const urls = apt.proxy === undefined ? apt.repositories.map((each) => each.uri) : [apt.proxy];
  return urls.map((url) => new URL(url));
}

/** The proxy or mirrors of the machine's apt, one by one: a private one is reachable and its network is not. */
async function readDownloads(): Promise<readonly Endpoint[]> {
  const endpoints = (await downloadUrls()).flatMap(({ hostname, port, protocol }) =>
    /^https?:$/.test(protocol) ? [{ hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) }] : [],
  );
  const found = endpoints.map(async ({ hostname, port }) => {
    const addresses = await lookup(hostname, { all: true, family: 4 }).catch(() => []);
    return addresses.map(({ address }) => ({ address, port }));
  });
  return (await Promise.all(found)).flat();
}
