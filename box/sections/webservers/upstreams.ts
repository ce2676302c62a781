import { entriesOf, type Draft } from "../../draft.ts";
import { portSourceFault } from "../../portSource.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredGatewayRoutes, declaredWebRoutes, type DeclaredWebRoute } from "../../routes.ts";

/** How far a port may be off to be named as the one that was meant. */
const NEAR = 10;

/** An upstream has one port, from one source. */
export function* onePortOfUpstreams(draft: Draft): Generator<Violation> {
  for (const [name, { upstream }] of entriesOf(draft.webservers.routes)) {
    const fault = upstream && portSourceFault(upstream);
    if (fault !== undefined) yield { path: pathOf("webservers", "routes", name, "upstream"), message: fault };
  }
}

/** Where there are no gateways, each route says whose hosts it leads to. */
export function* groupsWithoutGateways(draft: Draft): Generator<Violation> {
  if (draft.written.has("kubeGateways")) return;
  for (const route of declaredWebRoutes(draft)) {
    const path = pathOf(route.path, "upstream", "group");
    if (route.source === "service" || route.group !== undefined || draft.refused.has(path)) continue;
    yield {
      path,
      message: "is missing, and the box has no kubeGateways, whose pool would be the default: name a pool",
    };
  }
}

/** Routes that share an upstream by its name mean the same servers. */
export function* ambiguousUpstreams(draft: Draft): Generator<Violation> {
  const holders = new Map<string, DeclaredWebRoute>();
  for (const route of declaredWebRoutes(draft)) {
    if (route.port === undefined || route.group === undefined || route.upstream === undefined) continue;
    const holder = holders.get(route.upstream);
    if (holder === undefined) holders.set(route.upstream, route);
    else if (holder.port !== route.port || holder.group !== route.group) {
      const servers = (which: DeclaredWebRoute) => `${which.group ?? ""}:${which.port ?? ""}`;
      const message =
        `upstream "${route.upstream}" leads to ${servers(route)} here and to ${servers(holder)} in ${holder.path}: ` +
        `give one of them another name`;
      yield { path: route.source === "route" ? pathOf(route.path, "upstream") : route.path, message };
    }
  }
}

/** A web route into the pool of gateways ends at a port that is open there. */
export function* closedGatewayPorts(draft: Draft): Generator<Violation> {
  const { pool } = draft.kubeGateways;
  if (pool === undefined || isUnread(draft)) return;
  const open = declaredGatewayRoutes(draft);
  const openPorts = new Set(open.map(({ port }) => port));
  // A declared route whose port is unknown is reported by itself, and may be the one that opens this port.
  const unresolved = new Set(open.filter(({ port }) => port === undefined).flatMap(({ app, name }) => [app, name]));
  for (const route of declaredWebRoutes(draft)) {
    if (route.source === "service" || route.group !== pool || route.port === undefined) continue;
    if (openPorts.has(route.port) || unresolved.has(route.app ?? route.name) || unresolved.has(route.name)) continue;
    yield {
      path: route.portPath,
      message: route.app === undefined ? closedPort(draft, route.name, route.port) : closedApp(route.app),
    };
  }
}

/** Whether there are routes of which no port could be read: one of them may be the one that opens a port. */
function isUnread(draft: Draft): boolean {
  const refused = ["kubeGateways.routes", "services"].some((path) => draft.refused.has(path));
  return refused || declaredGatewayRoutes(draft).some(({ app, port }) => app === undefined && port === undefined);
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
  if (namesake) return `${fault}: app "${route}" has port ${namesake.port ?? "another"}, write "app: ${route}"`;
  const near = declaredGatewayRoutes(draft)
    .filter((route) => route.port !== undefined && Math.abs(route.port - port) <= NEAR)
    .sort((left, right) => Math.abs((left.port ?? 0) - port) - Math.abs((right.port ?? 0) - port))[0];
  if (near?.app !== undefined) return `${fault}: ${near.path} has port ${near.port ?? ""}, write "app: ${near.app}"`;
  if (near) return `${fault}: ${near.path} has port ${near.port ?? ""}`;
  return `${fault}: declare it under kubeGateways.routes`;
}
