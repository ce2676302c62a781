import { Apps } from "./apps.ts";
import { InventoryError, readDocuments, type InventoryFile } from "./documents.ts";
import { isMapping, type Entry } from "./entry.ts";
import type { SkippedFile } from "./files.ts";
import { readHosts, readPools, sharedNetworks, type HostSections } from "./hosts.ts";
import { readInventory, type Inventory } from "./inventory.ts";
import { listed } from "./listed.ts";
import { readMovingAddresses } from "./movingAddresses.ts";
import { FILL_IN, NoteKind, Notes, type Note } from "./notes.ts";
import { leftBehind, refused } from "./remains.ts";
import {
  gatewayPool,
  gatewayRoutesOf,
  portsInto,
  readGatewayRoutes,
  readWebRoutes,
  webRoutesOf,
  webserverPool,
} from "./routes.ts";
import { stackFileText } from "../stackFile/stackFileText.ts";

/** A stack file, and what a person must know about it. */
export interface Imported {
  readonly text: string;
  readonly notes: readonly Note[];
}

/**
 * Makes a stack file from an Ansible inventory in the vocabulary of the documents. What the inventory does not say is
 * marked in the file; whatever is not taken over as it is written is reported.
 *
 * @param skipped files that lie beside these and were not read
 * @throws InventoryError that names every file that cannot be read, or says that there is no host in any.
 * @example
 * const { text, notes } = importInventory([{ path: "hosts.yml", text: "all: …" }]);
 */
export function importInventory(files: readonly InventoryFile[], skipped: readonly SkippedFile[] = []): Imported {
  const notes = new Notes();
  for (const { path, why } of skipped) notes.left(path, why);
  const entries = readDocuments(files, notes);
  const sections = sectionsOf(entries, notes);
  const [first, ...others] = entries.map(({ file }) => file);
  const head = [
    `Imported from ${first ?? ""}${others.length > 0 ? ` and ${others.length} more` : ""}.`,
    `Search for ${FILL_IN}: the value wants an answer that the inventory does not have, the comment a look at the line below.`,
  ];
  const reported = [...notes.list, ...leftBehind(entries), ...refused(sections)];
  return { text: stackFileText(sections, notes.remarks, head), notes: reported };
}

/** An import without hosts is hardly what was meant: its files are other ones, or were left behind. */
function refuseWithoutHosts({ hosts }: Inventory, files: readonly Entry[], notes: Notes): void {
  if (hosts.size > 0) return;
  const read = files.length === 0 ? "there is no file to import" : `${listed(files.map(({ file }) => file))}: no host`;
  const rule = "an inventory in YAML has its hosts under all.hosts, or under the hosts of a group";
  const left = notes.list.filter(({ kind }) => kind === NoteKind.Left);
  throw new InventoryError([`${read}; ${rule}`, ...left.map(({ path, message }) => `${path}: ${message}`)].join("\n"));
}

function sectionsOf(files: readonly Entry[], notes: Notes): Record<string, unknown> {
  const inventory = readInventory(files, notes);
  refuseWithoutHosts(inventory, files, notes);
  const [gatewayRoutes, webRoutes] = [gatewayRoutesOf(inventory), webRoutesOf(inventory)];
  const { networks, connection, hosts } = readHosts(inventory, notes);
  const pools = readPools(inventory);
  const uses = gatewayRoutes.map(({ name, entry }) => ({ route: name, port: entry.at("port")?.peek() }));
  const apps = new Apps(inventory, uses, notes);
  const gateways = gatewayPool(inventory, gatewayRoutes);
  const webservers = webserverPool(inventory, webRoutes);
  const placed = placesOf(pools[gateways ?? ""] ?? [], pools[webservers ?? ""] ?? [], hosts);
  const webRouteSection = readWebRoutes(webRoutes, apps, notes);
  const openPorts = (pool: string) =>
    portsInto(pool, webRouteSection).map((port) => ({ network: placed.border ?? FILL_IN, port }));
  const fill = (section: string, key: string, value: string | undefined, what: string) =>
    value ?? notes.fill([section, key], what);
  const kubeGateways = {
    pool: fill("kubeGateways", "pool", gateways, "the pool of the gateways"),
    network: fill("kubeGateways", "network", placed.border, "the network between web servers and gateways"),
    backendNetwork: fill("kubeGateways", "backendNetwork", placed.inside, "the network of the cluster's nodes"),
    routes: readGatewayRoutes(gatewayRoutes, apps, notes),
  };
  notes.check(["webservers"], "serverNames and tls; without them every name is served, with a self-signed certificate");
  return {
    networks,
    connection,
    hosts: mapHosts(hosts),
    pools,
    apps: apps.section,
    kubeGateways,
    webservers: {
      pool: fill("webservers", "pool", webservers, "the pool of the web servers"),
      network: fill("webservers", "network", placed.outside, "the network that clients come from"),
      upstreamNetwork: fill("webservers", "upstreamNetwork", placed.border, "the network of kubeGateways"),
      routes: webRouteSection,
    },
    ...readMovingAddresses(inventory, { configured: [gateways, webservers], openPorts }, notes),
  };
}

/** Which network is which, from the networks that the hosts of both pools are on. */
function placesOf(gateways: readonly string[], webservers: readonly string[], hosts: HostSections["hosts"]) {
  const [behind, before] = [sharedNetworks(gateways, hosts), sharedNetworks(webservers, hosts)];
  const only = (networks: readonly string[]) => (networks.length === 1 ? networks[0] : undefined);
  return {
    border: only(before.filter((network) => behind.includes(network))),
    inside: only(behind.filter((network) => !before.includes(network))),
    outside: only(before.filter((network) => !behind.includes(network))),
  };
}

/** Hosts without what is empty. */
function mapHosts(hosts: HostSections["hosts"]): Record<string, unknown> {
  const isEmpty = (value: unknown) => isMapping(value) && Object.keys(value).length === 0;
  return Object.fromEntries(
    Object.entries(hosts).map(([name, host]) => [
      name,
      Object.fromEntries(Object.entries(host).filter(([key, value]) => key === "addresses" || !isEmpty(value))),
    ]),
  );
}
