import type { Draft, GatewayRouteDraft, ServiceDraft, WebRouteDraft } from "./draft.ts";
import { entriesOf } from "./draft.ts";
import type { GatewayMode } from "./model.ts";
import { pathOf } from "./violations.ts";

/** A route through the gateways as it is declared, in the route table or by a service; undefined is what could not be read. */
export interface DeclaredGatewayRoute {
  readonly name: string;
  readonly path: string;
  readonly source: "route" | "service";
  /** Where its port is said. */
  readonly portPath: string;
  readonly app: string | undefined;
  /** Unknown when its app is. */
  readonly port: number | undefined;
  readonly mode: GatewayMode | undefined;
  readonly address: string | undefined;
  readonly balance: string | undefined;
  readonly options: ServiceDraft["options"];
  /** Where `balance` and `options` are said. */
  readonly destinationPath: string;
}

/** A location on the web servers as it is declared, in the route table or by a service. */
export interface DeclaredWebRoute {
  readonly name: string;
  readonly path: string;
  readonly source: "route" | "service";
  readonly location: string | undefined;
  readonly locationPath: string;
  readonly params: WebRouteDraft["params"];
  readonly paramsPath: string;
  /** The name of its upstream. */
  readonly upstream: string | undefined;
  readonly app: string | undefined;
  readonly port: number | undefined;
  readonly portPath: string;
  /** The pool whose hosts are the upstream's servers. */
  readonly group: string | undefined;
  readonly websocket: boolean | undefined;
  readonly passHeaders: WebRouteDraft["passHeaders"];
}

/** The name of a route's upstream when it says none: `stream_v_admin` for `v-admin`. */
export function defaultUpstream(name: string): string {
  return `stream_${name.replaceAll("-", "_")}`;
}

/** The name of a service's app. */
export function appOfService(name: string, service: ServiceDraft): string | undefined {
  return "app" in service ? service.app : name;
}

/** Every route through the gateways: the route table's first, then the services'. */
export function declaredGatewayRoutes(draft: Draft): DeclaredGatewayRoute[] {
  const routes = entriesOf(draft.kubeGateways.routes).map(([name, route]) => gatewayRoute(draft, name, route));
  const services = [...draft.services].map(([name, service]) => serviceRoute(draft, name, service));
  return [...routes, ...services];
}

/** Every location on the web servers: the route table's first, then the services'. */
export function declaredWebRoutes(draft: Draft): DeclaredWebRoute[] {
  const routes = entriesOf(draft.webservers.routes).map(([name, route]) => webRoute(draft, name, route));
  const services = [...draft.services].flatMap(([name, service]) => serviceLocation(draft, name, service) ?? []);
  return [...routes, ...services];
}

function portOf(draft: Draft, app: string | undefined, port: number | undefined): number | undefined {
  return app === undefined ? port : draft.apps.get(app)?.port;
}

export function gatewayRoute(draft: Draft, name: string, route: GatewayRouteDraft): DeclaredGatewayRoute {
  const path = pathOf("kubeGateways", "routes", name);
  return {
    name,
    path,
    source: "route",
    portPath: pathOf(path, route.app === undefined ? "port" : "app"),
    app: route.app,
    port: portOf(draft, route.app, route.port),
    mode: route.mode,
    address: route.address,
    balance: route.destination?.balance,
    options: route.destination?.options,
    destinationPath: pathOf(path, "destination"),
  };
}

export function serviceRoute(draft: Draft, name: string, service: ServiceDraft): DeclaredGatewayRoute {
  const path = pathOf("services", name);
  const app = appOfService(name, service);
  const { mode, address, balance, options } = service;
  const port = portOf(draft, app, undefined);
  const portPath = pathOf(path, "app");
  return { name, path, source: "service", portPath, app, port, mode, address, balance, options, destinationPath: path };
}

export function webRoute(draft: Draft, name: string, route: WebRouteDraft): DeclaredWebRoute {
  const path = pathOf("webservers", "routes", name);
  const { upstream = {} } = route;
  return {
    name,
    path,
    source: "route",
    location: route.location,
    locationPath: pathOf(path, "location"),
    params: route.params,
    paramsPath: pathOf(path, "params"),
    upstream: "name" in upstream ? upstream.name : defaultUpstream(name),
    app: upstream.app,
    port: portOf(draft, upstream.app, upstream.port),
    portPath: pathOf(path, "upstream", upstream.app === undefined ? "port" : "app"),
    group: "group" in upstream ? upstream.group : draft.kubeGateways.pool,
    websocket: route.websocket,
    passHeaders: route.passHeaders,
  };
}

/** A service's location; undefined where it has none (`web: false`). */
export function serviceLocation(draft: Draft, name: string, service: ServiceDraft): DeclaredWebRoute | undefined {
  if (service.web === false) return undefined;
  const path = pathOf("services", name);
  const app = appOfService(name, service);
  const { web = {} } = service;
  return {
    name,
    path,
    source: "service",
    location: "location" in web ? web.location : `/${name}/`,
    locationPath: pathOf(path, "web", "location"),
    params: web.params,
    paramsPath: pathOf(path, "web", "params"),
    upstream: defaultUpstream(name),
    app,
    port: portOf(draft, app, undefined),
    portPath: pathOf(path, "app"),
    group: draft.kubeGateways.pool,
    websocket: web.websocket,
    passHeaders: web.passHeaders,
  };
}
