import type { Draft } from "./draft.ts";
import type { HaproxyOptionName } from "./haproxyVocabulary.ts";
import type { GatewayMode } from "./model.ts";
import type {
  GatewayRouteConfiguration,
  ParamsConfiguration,
  ServiceConfiguration,
  WebRouteConfiguration,
} from "./schema/configuration.ts";
import { pathOf } from "./violations.ts";

/** A declared way through the gateways, from the route table or from a service. */
export interface GatewayWay {
  readonly name: string;
  readonly path: string;
  readonly source: "route" | "service";
  /** Where its port is said. */
  readonly portPath: string;
  readonly app: string | undefined;
  /** Unknown when its app is. */
  readonly port: number | undefined;
  readonly mode: GatewayMode;
  readonly address: string;
  readonly balance: string;
  readonly options: readonly HaproxyOptionName[];
  /** Where `balance` and `options` are said. */
  readonly destinationPath: string;
}

/** A declared location on the web servers, from the route table or from a service. */
export interface WebWay {
  readonly name: string;
  readonly path: string;
  readonly source: "route" | "service";
  readonly location: string;
  readonly locationPath: string;
  readonly params: ParamsConfiguration;
  readonly paramsPath: string;
  readonly stream: string;
  readonly app: string | undefined;
  readonly port: number | undefined;
  readonly portPath: string;
  /** The pool whose hosts are the upstream's servers. */
  readonly group: string | undefined;
}

/** The name of a route's upstream when it says none: `stream_v_admin` for `v-admin`. */
export function defaultStream(name: string): string {
  return `stream_${name.replaceAll("-", "_")}`;
}

/** The name of a service's app. */
export function appOfService(name: string, service: ServiceConfiguration): string {
  return service.app ?? name;
}

/** The location of a service. */
export function locationOfService(name: string, service: ServiceConfiguration): string {
  return service.web.location ?? `/${name}/`;
}

/** Every way through the gateways: the route table's first, then the services'. */
export function gatewayWays(draft: Draft): GatewayWay[] {
  const routes = Object.entries(draft.kubeGateways.routes ?? {}).map(([name, route]) => routeWay(draft, name, route));
  const services = [...draft.services].map(([name, service]) => serviceWay(draft, name, service));
  return [...routes, ...services];
}

/** Every location on the web servers: the route table's first, then the services'. */
export function webWays(draft: Draft): WebWay[] {
  const routes = Object.entries(draft.webservers.routes ?? {}).map(([name, route]) => webRouteWay(draft, name, route));
  const services = [...draft.services].map(([name, service]) => webServiceWay(draft, name, service));
  return [...routes, ...services];
}

function portOf(draft: Draft, app: string | undefined, port: number | undefined): number | undefined {
  return app === undefined ? port : draft.apps.get(app)?.port;
}

function routeWay(draft: Draft, name: string, route: GatewayRouteConfiguration): GatewayWay {
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
    balance: route.destination.balance,
    options: route.destination.options,
    destinationPath: pathOf(path, "destination"),
  };
}

function serviceWay(draft: Draft, name: string, service: ServiceConfiguration): GatewayWay {
  const path = pathOf("services", name);
  const app = appOfService(name, service);
  const { mode, address, balance, options } = service;
  const port = portOf(draft, app, undefined);
  const portPath = pathOf(path, "app");
  return { name, path, source: "service", portPath, app, port, mode, address, balance, options, destinationPath: path };
}

function webRouteWay(draft: Draft, name: string, route: WebRouteConfiguration): WebWay {
  const path = pathOf("webservers", "routes", name);
  const { app, port, group } = route.upstream;
  return {
    name,
    path,
    source: "route",
    location: route.location,
    locationPath: pathOf(path, "location"),
    params: route.params,
    paramsPath: pathOf(path, "params"),
    stream: route.upstream.name ?? defaultStream(name),
    app,
    port: portOf(draft, app, port),
    portPath: pathOf(path, "upstream", app === undefined ? "port" : "app"),
    group: group ?? draft.kubeGateways.pool,
  };
}

function webServiceWay(draft: Draft, name: string, service: ServiceConfiguration): WebWay {
  const path = pathOf("services", name);
  const app = appOfService(name, service);
  return {
    name,
    path,
    source: "service",
    location: locationOfService(name, service),
    locationPath: pathOf(path, "web", "location"),
    params: service.web.params,
    paramsPath: pathOf(path, "web", "params"),
    stream: defaultStream(name),
    app,
    port: portOf(draft, app, undefined),
    portPath: pathOf(path, "app"),
    group: draft.kubeGateways.pool,
  };
}
