import type { Draft } from "../draft.ts";
import { isNodePort, nodePortRange, reservedPorts } from "../ports.ts";
import { gatewayWays, type GatewayWay } from "../ways.ts";
import { pathOf, type Violation } from "../violations.ts";

const range = `${nodePortRange.first}–${nodePortRange.last}`;

/** The lowest NodePort above the box's first one that nothing has. */
function freeNodePort(draft: Draft): string {
  const taken = new Set([...gatewayWays(draft), ...draft.apps.values()].map(({ port }) => port));
  const start = Math.min(nodePortRange.last, ...[...draft.apps.values()].map(({ port }) => port).filter(isNodePort));
  for (let port = start; port <= nodePortRange.last; port++) if (!taken.has(port)) return `${port} is free`;
  return "write another";
}

/** The port of each app is a NodePort. */
export function* appPortsInRange(draft: Draft): Generator<Violation> {
  for (const [app, { port }] of draft.apps) {
    if (isNodePort(port)) continue;
    const message = `${port} is outside of the NodePorts ${range} that Kubernetes gives: ${freeNodePort(draft)}`;
    yield { path: pathOf("apps", app, "port"), message };
  }
}

/** No two apps have one port. */
export function* duplicateAppPorts(draft: Draft): Generator<Violation> {
  const holders = new Map<number, string>();
  for (const [app, { port }] of draft.apps) {
    const holder = holders.get(port);
    if (holder === undefined) holders.set(port, app);
    else {
      const message = `${port} is the port of app "${holder}" already: ${freeNodePort(draft)}`;
      yield { path: pathOf("apps", app, "port"), message };
    }
  }
}

/** No two ways share a port of the gateways, whether they come from the route table or from services. */
export function* duplicateGatewayPorts(draft: Draft): Generator<Violation> {
  const holders = new Map<number, GatewayWay>();
  for (const way of gatewayWays(draft)) {
    if (way.port === undefined) continue;
    const holder = holders.get(way.port);
    if (holder === undefined) holders.set(way.port, way);
    // Two apps with one port are a mistake of the apps, and told there.
    else if (way.app === undefined || holder.app === undefined || way.app === holder.app) {
      const message = `port ${way.port} of the gateways is declared by ${holder.path} already: keep one`;
      yield { path: way.portPath, message };
    }
  }
}

/** No way takes a port that something else of a gateway listens on. */
export function* reservedGatewayPorts(draft: Draft): Generator<Violation> {
  const { metricsPort } = draft.kubeGateways;
  for (const { port, portPath } of gatewayWays(draft)) {
    if (port === undefined) continue;
    const holder = reservedPorts.get(port) ?? (port === metricsPort ? "HAProxy's metrics (metricsPort)" : undefined);
    if (holder !== undefined) yield { path: portPath, message: `${port} belongs to ${holder}: choose another port` };
  }
}

/** The metrics' port is none that something else of a gateway listens on. */
export function* reservedMetricsPort(draft: Draft): Generator<Violation> {
  const port = draft.kubeGateways.metricsPort;
  const holder = port === undefined ? undefined : reservedPorts.get(port);
  if (holder === undefined) return;
  yield { path: pathOf("kubeGateways", "metricsPort"), message: `${port} belongs to ${holder}: choose another port` };
}

/** A literal port of a route to the gateways themselves is a NodePort: nothing else answers there behind HAProxy. */
export function* literalPortsToCluster(draft: Draft): Generator<Violation> {
  const { pool, routes = {} } = draft.kubeGateways;
  for (const [name, { port, destination }] of Object.entries(routes)) {
    if (port === undefined || pool === undefined || destination.group?.name !== pool || isNodePort(port)) continue;
    if (reservedPorts.has(port)) continue;
    const message = `${port} is outside of the NodePorts ${range}, and the hosts of ${pool} serve only those: write app`;
    yield { path: pathOf("kubeGateways", "routes", name, "port"), message };
  }
}

/** A route that is named after an app, but whose literal port is another app's, is one of the two by mistake. */
export function* portsOfOtherApps(draft: Draft): Generator<Violation> {
  const appByPort = new Map([...draft.apps].map(([app, { port }]) => [port, app] as const));
  for (const { name, path, port } of literalPorts(draft)) {
    const namesake = draft.apps.get(name);
    const owner = appByPort.get(port);
    if (!namesake || owner === undefined || owner === name) continue;
    const message =
      `${port} is the port of app "${owner}", but the route is named after app "${name}", whose port is ` +
      `${namesake.port}: write "app: ${name}" or "app: ${owner}"`;
    yield { path, message };
  }
}

function* literalPorts(draft: Draft): Generator<{ name: string; path: string; port: number }> {
  for (const [name, { port }] of Object.entries(draft.kubeGateways.routes ?? {})) {
    if (port !== undefined) yield { name, path: pathOf("kubeGateways", "routes", name, "port"), port };
  }
  for (const [name, { upstream }] of Object.entries(draft.webservers.routes ?? {})) {
    if (upstream.port !== undefined)
      yield { name, path: pathOf("webservers", "routes", name, "upstream", "port"), port: upstream.port };
  }
}
