import { addressOn, membersOf, type Draft } from "./draft.ts";
import type { Configuration } from "./configuration.ts";
import type {
  Destination,
  ExposedServiceSpec,
  GatewayRoute,
  HealthCheck,
  LocationParam,
  Member,
  WebserverRoute,
} from "./model.ts";
import {
  gatewayRoute,
  serviceLocation,
  serviceRoute,
  webRoute,
  type DeclaredGatewayRoute,
  type DeclaredWebRoute,
} from "./routes.ts";
import { webDemands, type WebDemands } from "./webDemands.ts";
import { resolveApp } from "./sections/apps/resolve.ts";

type Service = Configuration["services"][string];
type Web = Exclude<Service["web"], false>;
type Params = Web["params"];

/** What routes through the gateways are resolved with. */
export interface RouteContext {
  readonly draft: Draft;
  /** What the locations want of each port of the gateways. */
  readonly demands: ReadonlyMap<number, WebDemands>;
}

/** @example const context = routeContext(draft); // once for all routes of a section */
export function routeContext(draft: Draft): RouteContext {
  return { draft, demands: webDemands(draft) };
}

/** A route of the gateways' own table. */
export function resolveGatewayRoute(
  context: RouteContext,
  name: string,
  route: NonNullable<Configuration["kubeGateways"]>["routes"][string],
): GatewayRoute {
  const { draft } = context;
  const declared = gatewayRoute(draft, name, route);
  const { addresses, group } = route.destination;
  const members = addresses ?? groupMembers(draft, group?.name, draft.kubeGateways.backendNetwork, declared.port);
  return through(context, declared, members, route.destination);
}

/** A location of the web servers' own table. */
export function resolveWebRoute(
  draft: Draft,
  name: string,
  route: NonNullable<Configuration["webservers"]>["routes"][string],
): WebserverRoute {
  return location(draft, webRoute(draft, name, route), route);
}

/** A service: its gateway route leads to its NodePort on the gateways, which are nodes of the cluster. */
export function resolveService(
  context: RouteContext,
  { apps }: Configuration,
  name: string,
  service: Service,
): ExposedServiceSpec {
  const { draft } = context;
  const { pool, backendNetwork } = draft.kubeGateways;
  const declared = serviceRoute(draft, name, service);
  const app = resolved(declared.app, name);
  const web = serviceLocation(draft, name, service);
  return {
    name,
    app: resolveApp(app, resolved(apps[app], app)),
    gateway: through(context, declared, groupMembers(draft, pool, backendNetwork, declared.port), service),
    ...(web === undefined || service.web === false ? {} : { web: location(draft, web, service.web) }),
  };
}

function through(
  { draft, demands }: RouteContext,
  { name, mode, address, port }: DeclaredGatewayRoute,
  members: readonly Member[],
  { balance, options, check }: Pick<Service, "balance" | "options" | "check">,
): GatewayRoute {
  const destination: Destination = {
    members,
    balance,
    options: [...new Set(options)],
    check: resolveCheck(draft, check),
  };
  const { websocket = false, passHeaders = [], answerSeconds } = demands.get(resolved(port, name)) ?? {};
  return {
    name,
    mode: resolved(mode, name),
    address: resolved(address, name),
    port: resolved(port, name),
    destination,
    websocket,
    passHeaders: [...new Set(passHeaders)],
    ...(answerSeconds === undefined ? {} : { answerSeconds }),
  };
}

function location(
  draft: Draft,
  { name, location, upstream, group, port }: DeclaredWebRoute,
  { params, websocket, passHeaders }: Pick<Web, "params" | "websocket" | "passHeaders">,
): WebserverRoute {
  const members = groupMembers(draft, group, draft.webservers.upstreamNetwork, port);
  return {
    name,
    location: resolved(location, name),
    params: resolveParams(params),
    upstream: { name: resolved(upstream, name), members },
    websocket,
    passHeaders: [...new Set(passHeaders)],
  };
}

/** An application that insists on its name is asked by that: the first that users have for the box. */
function resolveCheck(draft: Draft, { path, host, intervalMs, fall, rise }: Service["check"]): HealthCheck {
  const served = draft.webservers.serverNames?.find((name) => name?.startsWith("*.") === false);
  const asked = host ?? served;
  const overHttp = path === undefined ? {} : { path, ...(asked === undefined ? {} : { host: asked }) };
  return { ...overHttp, intervalMs, fall, rise };
}

/** The hosts of a pool at one port, by their addresses on one network. */
function groupMembers(
  draft: Draft,
  pool: string | undefined,
  network: string | undefined,
  port: number | undefined,
): Member[] {
  return membersOf(draft, pool).map((name) => ({
    name,
    address: resolved(addressOn(draft, name, network), name),
    port: resolved(port, name),
  }));
}

function resolveParams(params: Params): LocationParam[] {
  return Object.entries(params).map(([directive, { values }]) => {
    if (typeof values !== "object") return { type: "single", directive, value: String(values) };
    const texts = Object.entries(values).map(([key, value]) => [key, String(value)] as const);
    return { type: "repeat", directive, values: Object.fromEntries(texts) };
  });
}

/** What the rules have made sure of; if it is not there after all, a rule is missing. */
function resolved<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`${what} was not resolved; a rule is missing`);
  return value;
}
