import { show } from "../../box/printable.ts";
import type { Apps } from "./apps.ts";
import { isMapping, type Entry } from "./entry.ts";
import { lookUp, type Group, type Inventory } from "./inventory.ts";
import { plainName } from "./names.ts";
import type { Notes } from "./notes.ts";

/** A route as the inventory has it, and the pool whose variables it stands in. */
export interface WrittenRoute {
  readonly name: string;
  readonly entry: Entry;
  readonly pool: string;
}

type Section = Record<string, unknown>;

/** The gateway routes: under `proxies.routes`, or by themselves in a file of the group, told by their `destination`. */
export function gatewayRoutesOf(inventory: Inventory): WrittenRoute[] {
  return [...inventory.groups.values()].flatMap((group) => {
    const nested = lookUp(group.vars, "proxies")?.at("routes")?.entries() ?? [];
    return written(group, [...nested, ...shaped(group, "destination")]);
  });
}

/** The web server routes: variables with `webserver` and `stream`. */
export function webRoutesOf(inventory: Inventory): WrittenRoute[] {
  return [...inventory.groups.values()].flatMap((group) => written(group, shaped(group, "webserver")));
}

function shaped(group: Group, key: string): Entry[] {
  const entries = group.vars.flatMap((vars) => vars.entries());
  return entries.filter((entry) => isMapping(entry.peek()) && entry.at(key) !== undefined);
}

function written(group: Group, entries: readonly Entry[]): WrittenRoute[] {
  return entries.map((entry) => ({ name: plainName(entry.key), entry, pool: plainName(group.name) }));
}

/** The pool of the kube gateways: `proxies.target.group`, else the one in whose variables gateway routes stand. */
export function gatewayPool(inventory: Inventory, routes: readonly WrittenRoute[]): string | undefined {
  const targets = [...inventory.groups.values()].flatMap(({ vars }) => {
    return lookUp(vars, "proxies")?.at("target")?.at("group")?.text() ?? [];
  });
  return targets[0] !== undefined
    ? plainName(targets[0])
    : (routes[0]?.pool ?? conventional(inventory, "kube-gateway-pool"));
}

/** The pool of the web servers: the one in whose variables their routes stand. */
export function webserverPool(inventory: Inventory, routes: readonly WrittenRoute[]): string | undefined {
  return routes[0]?.pool ?? conventional(inventory, "webservers-pool");
}

function conventional(inventory: Inventory, pool: string): string | undefined {
  return [...inventory.groups.keys()].some((name) => plainName(name) === pool) ? pool : undefined;
}

/** Routes by the last of their name. */
function oncePerName(routes: readonly WrittenRoute[], notes: Notes): WrittenRoute[] {
  const byName = new Map<string, WrittenRoute>();
  for (const route of routes) {
    const earlier = byName.get(route.name);
    if (earlier) {
      notes.changed(earlier.entry.path, `"${route.name}" gives way to ${route.entry.path}: keep one of the two`);
      earlier.entry.read();
    }
    byName.set(route.name, route);
  }
  return [...byName.values()];
}

/** The section `kubeGateways.routes`. */
export function readGatewayRoutes(routes: readonly WrittenRoute[], apps: Apps, notes: Notes): Section {
  return Object.fromEntries(
    oncePerName(routes, notes).map(({ name, entry }) => {
      const source = apps.source(name, entry.at("port"), ["kubeGateways", "routes", name]);
      const destination = entry.at("destination");
      const group = destination?.at("group");
      const pool = group?.at("name")?.text();
      const [own, other] = [apps.portOf(source), apps.repeated(group?.at("port"))];
      if (group && typeof own === "number" && other !== undefined && other !== own) {
        const message = `${show(other)} is not ${show(own)}, the route's own port: left out, for a group has the route's port`;
        notes.changed(group.path, message);
      }
      const addresses = destination?.at("addresses")?.read();
      return [
        name,
        {
          ...taken(entry, ["mode", "address"]),
          ...source,
          destination: {
            ...(pool === undefined ? {} : { group: { name: plainName(pool) } }),
            ...(addresses === undefined ? {} : { addresses }),
            ...(destination ? taken(destination, ["balance", "options"]) : {}),
          },
        },
      ] as const;
    }),
  );
}

/** The section `webservers.routes`: one route for each location, all of an entry to its one upstream. */
export function readWebRoutes(routes: readonly WrittenRoute[], apps: Apps, notes: Notes): Section {
  const section: Section = {};
  for (const { name, entry } of oncePerName(routes, notes)) {
    const stream = entry.at("stream");
    const group = stream?.at("group")?.text();
    const upstream = {
      ...(stream ? taken(stream, ["name"]) : {}),
      ...apps.source(name, stream?.at("port"), ["webservers", "routes", name]),
      ...(group === undefined ? {} : { group: plainName(group) }),
    };
    for (const [index, item] of (entry.at("webserver")?.items() ?? []).entries()) {
      const params = item.at("params");
      const { location } = taken(item, ["location"]);
      section[index === 0 ? name : freeName(section, name, location)] = {
        location,
        ...(params ? { params: readParams(params, notes) } : {}),
        upstream,
      };
    }
  }
  return section;
}

/** The ports by number under which routes lead to the hosts of a pool: programs of theirs, not of the cluster. */
export function portsInto(pool: string, routes: Section): number[] {
  const upstreams = Object.values(routes).map((route) => (route as { readonly upstream: Section }).upstream);
  const ports = upstreams.filter(({ group }) => group === pool).map(({ port }) => port);
  return [...new Set(ports.filter((port) => typeof port === "number"))];
}

/** `grafana-api-live` for the further location `/grafana/api/live/` of grafana. */
function freeName(section: Section, route: string, location: unknown): string {
  const path = plainName(String(location))
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const name = path.startsWith(route) ? path : `${route}-${path}`;
  if (!Object.hasOwn(section, name)) return name;
  for (let number = 2; ; number++) if (!Object.hasOwn(section, `${name}-${number}`)) return `${name}-${number}`;
}

/** What a client claims about its origin is passed on by this; the web servers are the first that a client speaks to. */
const CLAIMED = "$proxy_add_x_forwarded_for";

function readParams(entry: Entry, notes: Notes): unknown {
  const params = structuredClone(entry.read());
  const headers =
    isMapping(params) && isMapping(params["proxy_set_header"]) ? params["proxy_set_header"]["values"] : {};
  for (const [header, value] of Object.entries(isMapping(headers) ? headers : {})) {
    if (value !== CLAIMED) continue;
    (headers as Section)[header] = "$remote_addr";
    const message = `${header}: "${CLAIMED}" keeps whatever a client claims, and the web servers are the first that it speaks to: written as $remote_addr`;
    notes.changed(entry.path, message);
  }
  return params;
}

/** What stands under these keys, where it does. */
function taken(entry: Entry, keys: readonly string[]): Section {
  const found = keys.map((key) => [key, entry.at(key)?.read()] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}
