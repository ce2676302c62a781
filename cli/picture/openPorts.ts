import type { Box, GatewayRoute, Host } from "../../box/model.ts";
import type { OpenPort } from "../../render/assembly.ts";
import { operatorAccess } from "../../render/firewall/operatorAccess.ts";
import { registry } from "../../render/registry.ts";
import { networksInward } from "./boxLayout.ts";

/** What is open on the hosts of a pool, on one of their networks. */
export interface OpenRow {
  readonly pool: string;
  readonly network: string;
  /** For example `tcp 80, 443`. */
  readonly ports: string;
  readonly purpose: string;
  /** Who may use it. */
  readonly from: string;
}

interface Opening {
  readonly network: string;
  readonly purpose: string;
  readonly protocol: string;
  readonly ports: readonly (readonly [first: number, last: number])[];
  readonly from: string;
}

const everybody = "everybody there";

/** More routes than this are counted, not listed. */
const listedRoutes = 24;

/** What is open on the hosts that a box configures; a host of several pools is among those of the first. */
export function openRows(box: Box): OpenRow[] {
  const networks = networksInward(box);
  const seen = new Set<string>();
  return Object.values(box.pools).flatMap(({ name, members }) => {
    const hosts = members.flatMap((member) => (seen.has(member) ? [] : (box.hosts[member] ?? [])));
    for (const member of members) seen.add(member);
    const openings = hosts.flatMap((host) => openingsOf(box, host));
    const alike = Map.groupBy(openings, ({ network, purpose }) => JSON.stringify([network, purpose]));
    const rows = [...alike.values()].map((group) => rowOf(name, group));
    return rows.sort((one, other) => networks.indexOf(one.network) - networks.indexOf(other.network));
  });
}

function rowOf(pool: string, openings: readonly Opening[]): OpenRow {
  const [first] = openings;
  const byProtocol = Map.groupBy(openings, ({ protocol }) => protocol);
  const ports = [...byProtocol].map(([protocol, some]) =>
    `${protocol} ${rangesText(some.flatMap((one) => one.ports))}`.trim(),
  );
  return {
    pool,
    network: first?.network ?? "",
    purpose: first?.purpose ?? "",
    ports: ports.join(", "),
    from: [...new Set(openings.map(({ from }) => from))].join(", "),
  };
}

function openingsOf(box: Box, host: Host): Opening[] {
  if (registry.assembliesOf(box, host).length === 0) return [];
  return [...registry.portsOf(box, host).map((port) => openingOf(box, host, port)), ...sshOf(box, host)];
}

function openingOf(box: Box, host: Host, open: OpenPort): Opening {
  const common = { network: open.network, protocol: open.protocol, from: fromText(box, host, open.network, open.from) };
  if (!("port" in open)) return { ...common, purpose: open.purpose, ports: [] };
  // The border lets through what is declared, and nothing else of that range.
  if (open.untrackedOnly === true)
    return { ...common, purpose: `routes: ${namesText(box)}`, ports: declaredPorts(box) };
  const range = typeof open.port === "number" ? { first: open.port, last: open.port } : open.port;
  return { ...common, purpose: open.purpose, ports: [[range.first, range.last]] };
}

function declaredRoutes({ kubeGateways, services }: Box): GatewayRoute[] {
  const routes = [...(kubeGateways?.routes ?? []), ...services.map(({ gateway }) => gateway)];
  return routes.sort((one, other) => one.port - other.port);
}

function declaredPorts(box: Box): Opening["ports"] {
  return declaredRoutes(box).map(({ port }) => [port, port]);
}

function namesText(box: Box): string {
  const names = declaredRoutes(box).map(({ name }) => name);
  const more = names.length > listedRoutes ? ` and ${names.length - listedRoutes} more` : "";
  return `${names.slice(0, listedRoutes).join(", ")}${more}`;
}

function sshOf(box: Box, host: Host): Opening[] {
  const { ports, on, from } = operatorAccess(box, host);
  const networks = Object.entries(host.interfaces).filter(([, name]) =>
    "interfaces" in on ? on.interfaces.includes(name) : !on.allBut.includes(name),
  );
  return networks.map(([network]) => ({
    network,
    purpose: "SSH of the operator",
    protocol: "tcp",
    ports: ports.map((port) => [port, port]),
    from: fromText(box, host, network, from),
  }));
}

/** Addresses by the names that the box has for them. */
function fromText(box: Box, host: Host, network: string, from: readonly string[] | undefined): string {
  if (from === undefined) return everybody;
  const { cidr, ipv6 } = box.networks[network] ?? {};
  if (from.some((one) => one === cidr || one === ipv6)) return everybody;
  const names = from.map((one) => nameOf(box, one));
  const isAll = (members: readonly string[]): boolean =>
    members.length > 0 && members.length === names.length && members.every((member) => names.includes(member));
  const pool = Object.values(box.pools).find(({ members }) => isAll(members));
  if (pool !== undefined) return pool.name;
  const peers = Object.values(box.pools).filter(({ members }) => members.includes(host.name));
  const isOfOthers = peers.some(({ members }) => isAll(members.filter((member) => member !== host.name)));
  return isOfOthers ? "each other" : names.join(", ");
}

function nameOf({ networks, hosts }: Box, address: string): string {
  const network = Object.values(networks).find(({ cidr, ipv6 }) => cidr === address || ipv6 === address);
  const owner = Object.values(hosts).find(({ addresses, addresses6 = {} }) =>
    [...Object.values(addresses), ...Object.values(addresses6)].includes(address),
  );
  return network?.name ?? owner?.name ?? address;
}

/** `80, 443, 30160–30165`: neighbours are one range. */
function rangesText(ranges: Opening["ports"]): string {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([one], [other]) => one - other)) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? ", " : "–"}${last}`))
    .join(", ");
}
