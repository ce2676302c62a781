/** The names that a stack's own configuration has for what its texts call by addresses and interfaces. */
import { inspectBox, sectionsOf, type Box } from "../../box/index.ts";
import { registry } from "../../render/registry.ts";
import type { Opening } from "./openings.ts";
import type { Preview } from "./preview.ts";
import type { Names } from "./reachability.ts";

type Data = Readonly<Record<string, unknown>>;

/**
 * Names by the configuration after the change. A program of another project has none of it: then interfaces and addresses stand
 * for themselves.
 *
 * @param readFile reads files that the configuration names, by paths relative to the stack file
 */
export function configuredNames(
  { config, stack }: Preview,
  readFile: (file: string) => string | undefined = () => undefined,
): Names {
  const values = sectionsOf(config);
  const box = boxOf(stack, values, readFile);
  const links = linksOf(data(values["hosts"]));
  const networks = networkNames(data(values["networks"]));
  const declared = box === undefined ? new Map<string, string>() : declaredPaths(box);
  const { services, routes, locations } = routeNames(values);
  const route = ({ service, by }: Opening): string | undefined => {
    if (by in services) return `services.${by}`;
    const table = service.startsWith("location ") ? locations : routes;
    return by in table ? `${service.startsWith("location ") ? "webservers" : "kubeGateways"}.routes.${by}` : undefined;
  };
  return {
    networkOf: (host, link) => links.get(`${host} ${link}`) ?? link,
    nameOf: (address) => networks.get(address) ?? address,
    declarationOf: (opening) => declared.get(keyOf(opening)) ?? route(opening),
  };
}

/** Undefined where the configuration is not a box's, or names files that are not here. */
function boxOf(name: string, values: Data, readFile: (file: string) => string | undefined): Box | undefined {
  return values["hosts"] === undefined ? undefined : inspectBox({ name, values, readFile, hostKeys: "optional" }).box;
}

/** Interfaces have their networks' names where the stack gives them no others. */
function linksOf(hosts: Data): Map<string, string> {
  const named = Object.entries(hosts).flatMap(([host, value]) =>
    Object.entries(data(data(value)["interfaces"])).map(
      ([network, link]) => [`${host} ${String(link)}`, network] as const,
    ),
  );
  return new Map(named);
}

function networkNames(networks: Data): Map<string, string> {
  return new Map(
    Object.entries(networks).flatMap(([name, value]) =>
      [value, data(value)["cidr"], data(value)["ipv6"]].flatMap((cidr) =>
        typeof cidr === "string" ? [[cidr, name] as const] : [],
      ),
    ),
  );
}

/** The path of every port that the box's programs declare, by where it is open and what for. */
function declaredPaths(box: Box): Map<string, string> {
  const paths = new Map<string, string>();
  for (const host of Object.values(box.hosts))
    for (const open of registry.portsOf(box, host)) {
      if (open.path === undefined || !("port" in open)) continue;
      const ports = typeof open.port === "number" ? [open.port, open.port] : [open.port.first, open.port.last];
      const link = host.interfaces[open.network] ?? open.network;
      paths.set(JSON.stringify([host.name, link, open.protocol, ports, open.purpose]), open.path);
    }
  return paths;
}

function keyOf({ host, link, service, ports, by }: Opening): string {
  return JSON.stringify([host, link, service, ports, by]);
}

function routeNames(values: Data): Record<"services" | "routes" | "locations", Data> {
  return {
    services: data(values["services"]),
    routes: data(data(values["kubeGateways"])["routes"]),
    locations: data(data(values["webservers"])["routes"]),
  };
}

function data(value: unknown): Data {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
}
