import type { Destination, GatewayRoute, HealthCheck, LocationParam, Member, WebserverRoute } from "../model.ts";
import { addressOn, membersOf, type Draft } from "../draft.ts";
import type { GatewayRouteConfiguration, ParamsConfiguration, ServiceConfiguration } from "../schema/configuration.ts";
import type { GatewayWay, WebWay } from "../ways.ts";

/** A route of the gateways' own table. */
export function resolveGatewayRoute(draft: Draft, way: GatewayWay, route: GatewayRouteConfiguration): GatewayRoute {
  const { addresses, group, check } = route.destination;
  const members = addresses ?? groupMembers(draft, group?.name, draft.kubeGateways.backendNetwork, way.port);
  return gatewayRoute(way, members, check);
}

/** The gateway route of a service: to its NodePort on the gateways, which are nodes of the cluster. */
export function resolveServiceRoute(draft: Draft, way: GatewayWay, service: ServiceConfiguration): GatewayRoute {
  const { pool, backendNetwork } = draft.kubeGateways;
  return gatewayRoute(way, groupMembers(draft, pool, backendNetwork, way.port), service.check);
}

/** A location on the web servers. */
export function resolveWebRoute(draft: Draft, way: WebWay, websocket: boolean): WebserverRoute {
  const members = groupMembers(draft, way.group, draft.webservers.upstreamNetwork, way.port);
  return {
    name: way.name,
    location: way.location,
    params: resolveParams(way.params),
    upstream: { name: way.stream, members },
    websocket,
  };
}

function gatewayRoute(way: GatewayWay, members: readonly Member[], check: Check): GatewayRoute {
  const { name, mode, address, balance, options } = way;
  const destination: Destination = { members, balance, options: [...new Set(options)], check: resolveCheck(check) };
  return { name, mode, address, port: resolved(way.port, name), destination };
}

type Check = ServiceConfiguration["check"];

function resolveCheck({ path, intervalMs, fall, rise }: Check): HealthCheck {
  return { ...(path === undefined ? {} : { path }), intervalMs, fall, rise };
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

function resolveParams(params: ParamsConfiguration): LocationParam[] {
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
