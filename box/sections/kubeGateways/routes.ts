import { addressOn, entriesOf, isOn, itemsOf, membersOf, type Draft } from "../../draft.ts";
import { balanceMode, haproxyOptions } from "../../haproxyVocabulary.ts";
import { contains } from "../../ipv4.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredGatewayRoutes } from "../../routes.ts";
import { addressFault } from "../hosts/addresses.ts";

/** A group that repeats the route's port says the same port. */
export function* repeatedPorts(draft: Draft): Generator<Violation> {
  for (const [name, { app, port, destination }] of entriesOf(draft.kubeGateways.routes)) {
    const repeated = destination?.group?.port;
    const own = app === undefined ? port : draft.apps.get(app)?.port;
    if (repeated === undefined || own === undefined || repeated === own) continue;
    const source = app === undefined ? "the route's port" : `the port of app "${app}"`;
    const path = pathOf("kubeGateways", "routes", name, "destination", "group", "port");
    yield { path, message: `${repeated} is not ${own}, ${source}: remove it, the group has the route's port` };
  }
}

/** Gateways listen on addresses of their own on the gateway network, and a pool's gateways are all configured alike. */
export function* listenAddresses(draft: Draft): Generator<Violation> {
  const { pool, network } = draft.kubeGateways;
  const { cidr = "", range } = draft.networks.get(network ?? "") ?? {};
  if (network === undefined || !range) return;
  const members = membersOf(draft, pool);
  for (const { address, path } of declaredGatewayRoutes(draft)) {
    if (address === undefined || address === "*") continue;
    const at = pathOf(path, "address");
    if (!contains(range, address)) {
      const message = `${address} lies outside of ${network} ${cidr}, where gateways listen: write "*"`;
      yield { path: at, message };
    } else {
      const without = members.find(
        (member) => addressOn(draft, member, network) !== address && !isUnread(draft, member, network),
      );
      if (without === undefined) continue;
      const message = `${address} is not an address of ${without}, and all gateways are configured alike: write "*"`;
      yield { path: at, message };
    }
  }
}

/** Whether a host is on a network with an address that could not be read. */
function isUnread(draft: Draft, host: string, network: string): boolean {
  return isOn(draft, host, network) && addressOn(draft, host, network) === undefined;
}

/** Single servers are on the network behind the gateways, each named and listed once. */
export function* singleServers(draft: Draft): Generator<Violation> {
  const { backendNetwork, routes } = draft.kubeGateways;
  const network = backendNetwork === undefined ? undefined : draft.networks.get(backendNetwork);
  for (const [route, { destination }] of entriesOf(routes)) {
    const names = new Set<string>();
    const endpoints = new Set<string>();
    for (const [index, { name, address, port }] of itemsOf(destination?.addresses)) {
      const path = pathOf("kubeGateways", "routes", route, "destination", "addresses", index);
      const endpoint = address === undefined || port === undefined ? undefined : `${address}:${port}`;
      if (name !== undefined && names.has(name))
        yield { path: pathOf(path, "name"), message: `"${name}" is another server's name already` };
      if (endpoint !== undefined && endpoints.has(endpoint))
        yield { path: pathOf(path, "address"), message: `${endpoint} is listed already` };
      if (name !== undefined) names.add(name);
      if (endpoint !== undefined) endpoints.add(endpoint);
      const fault =
        network && backendNetwork !== undefined && address !== undefined
          ? addressFault(address, backendNetwork, network, draft.networks)
          : undefined;
      if (fault !== undefined) yield { path: pathOf(path, "address"), message: fault };
    }
  }
}

/** What looks into requests needs a route that understands requests. */
export function* modeFits(draft: Draft): Generator<Violation> {
  for (const { mode, balance, options, destinationPath } of declaredGatewayRoutes(draft)) {
    if (mode !== "tcp") continue;
    if (balance !== undefined && balanceMode(balance) === "http") {
      const message = `"${balance}" looks into requests, which mode tcp does not read: write mode http, or source`;
      yield { path: pathOf(destinationPath, "balance"), message };
    }
    for (const [index, option] of itemsOf(options)) {
      if (haproxyOptions[option].modes.includes("tcp")) continue;
      const instead = option === "httplog" ? "write tcplog, or mode http" : "remove it, or write mode http";
      const path = pathOf(destinationPath, "options", index);
      yield { path, message: `"${option}" works in mode http only: ${instead}` };
    }
  }
}

/** A name stands for one route: a route and a service of one name could not be distinguished in logs and on hosts. */
export function* routesNamedLikeServices(draft: Draft): Generator<Violation> {
  const tables = { kubeGateways: draft.kubeGateways.routes ?? {}, webservers: draft.webservers.routes ?? {} };
  for (const [section, routes] of Object.entries(tables)) {
    for (const name of Object.keys(routes)) {
      if (!draft.services.has(name)) continue;
      const message = `"${name}" is a service already, which has a route of its own: remove one of the two or rename it`;
      yield { path: pathOf(section, "routes", name), message };
    }
  }
}
