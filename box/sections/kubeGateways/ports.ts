import { entriesOf, type Draft } from "../../draft.ts";
import { isNodePort, nodePorts, reservedPorts } from "../../ports.ts";
import { declaredGatewayRoutes, type DeclaredGatewayRoute } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** No two routes share a port of the gateways, whether they come from the route table or from services. */
export function* duplicateGatewayPorts(draft: Draft): Generator<Violation> {
  const holders = new Map<number, DeclaredGatewayRoute>();
  for (const route of declaredGatewayRoutes(draft)) {
    if (route.port === undefined) continue;
    const holder = holders.get(route.port);
    if (holder === undefined) holders.set(route.port, route);
    // Two apps with one port are reported with the apps.
    else if (route.app === undefined || holder.app === undefined || route.app === holder.app) {
      const message = `port ${route.port} of the gateways is declared by ${holder.path} already: keep one`;
      yield { path: route.portPath, message };
    }
  }
}

/** No route takes a port that something else of a gateway listens on. */
export function* reservedGatewayPorts(draft: Draft): Generator<Violation> {
  const { metricsPort } = draft.kubeGateways;
  for (const { port, portPath } of declaredGatewayRoutes(draft)) {
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
  const { pool } = draft.kubeGateways;
  for (const [name, { port, destination }] of entriesOf(draft.kubeGateways.routes)) {
    if (port === undefined || pool === undefined || destination?.group?.name !== pool || isNodePort(port)) continue;
    if (reservedPorts.has(port)) continue;
    const message = `${port} is outside of the NodePorts ${nodePorts}, and the hosts of ${pool} serve only those: write app`;
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
      `${namesake.port ?? "another"}: write "app: ${name}" or "app: ${owner}"`;
    yield { path, message };
  }
}

function* literalPorts(draft: Draft): Generator<{ name: string; path: string; port: number }> {
  for (const [name, { port }] of entriesOf(draft.kubeGateways.routes)) {
    if (port !== undefined) yield { name, path: pathOf("kubeGateways", "routes", name, "port"), port };
  }
  for (const [name, { upstream }] of entriesOf(draft.webservers.routes)) {
    if (upstream?.port !== undefined)
      yield { name, path: pathOf("webservers", "routes", name, "upstream", "port"), port: upstream.port };
  }
}
