import type { Draft } from "../draft.ts";
import { pathOf, type Violation } from "../violations.ts";
import { gatewayWays, webWays, type WebWay } from "../ways.ts";

/** How far a port may be off to be named as the one that was meant. */
const NEAR = 10;

/** Routes that share an upstream by its name mean the same servers. */
export function* ambiguousStreams(draft: Draft): Generator<Violation> {
  const holders = new Map<string, WebWay>();
  for (const way of webWays(draft)) {
    if (way.port === undefined || way.group === undefined) continue;
    const holder = holders.get(way.stream);
    if (holder === undefined) holders.set(way.stream, way);
    else if (holder.port !== way.port || holder.group !== way.group) {
      const servers = (which: WebWay) => `${which.group ?? ""}:${which.port ?? ""}`;
      const message =
        `upstream "${way.stream}" leads to ${servers(way)} here and to ${servers(holder)} in ${holder.path}: ` +
        `give one of them another name`;
      yield { path: way.source === "route" ? pathOf(way.path, "upstream") : way.path, message };
    }
  }
}

/** A web route into the pool of gateways ends at a port that is open there. */
export function* closedGatewayPorts(draft: Draft): Generator<Violation> {
  const { pool } = draft.kubeGateways;
  if (pool === undefined || draft.unreadWays) return;
  const open = gatewayWays(draft);
  const openPorts = new Set(open.map(({ port }) => port));
  // A declared way whose port is unknown has a mistake of its own, and may be the one that opens this port.
  const unresolved = new Set(open.filter(({ port }) => port === undefined).flatMap(({ app, name }) => [app, name]));
  for (const way of webWays(draft)) {
    if (way.source === "service" || way.group !== pool || way.port === undefined) continue;
    if (openPorts.has(way.port) || unresolved.has(way.app ?? way.name) || unresolved.has(way.name)) continue;
    yield {
      path: way.portPath,
      message: way.app === undefined ? closedPort(draft, way.name, way.port) : closedApp(way.app),
    };
  }
}

function closedApp(app: string): string {
  return (
    `app "${app}" is not declared on the gateways, so its port is closed: ` +
    `write a route under kubeGateways.routes, or expose it under services instead`
  );
}

function closedPort(draft: Draft, route: string, port: number): string {
  const fault = `port ${port} is not open on the gateways, no route or service declares it`;
  const namesake = draft.apps.get(route);
  const [owner] = [...draft.apps].find(([, app]) => app.port === port) ?? [];
  if (owner !== undefined) return `${fault}: it is the port of app "${owner}", declare a route for it`;
  if (namesake) return `${fault}: app "${route}" has port ${namesake.port}, write "app: ${route}"`;
  const near = gatewayWays(draft)
    .filter((way) => way.port !== undefined && Math.abs(way.port - port) <= NEAR)
    .sort((left, right) => Math.abs((left.port ?? 0) - port) - Math.abs((right.port ?? 0) - port))[0];
  if (near?.app !== undefined) return `${fault}: ${near.path} has port ${near.port ?? ""}, write "app: ${near.app}"`;
  if (near) return `${fault}: ${near.path} has port ${near.port ?? ""}`;
  return `${fault}: declare it under kubeGateways.routes`;
}
