import type { z } from "zod";
import type { Draft } from "../draft.ts";
import { ipv6Prefix } from "../ipv6.ts";
import type { App, Box, ExposedServiceSpec, KubeGateways, Network, Webservers } from "../model.ts";
import type { configuration } from "../schema/configuration.ts";
import type { Violation } from "../violations.ts";
import { appOfService, gatewayWays, webWays, type GatewayWay, type WebWay } from "../ways.ts";
import { resolveApp } from "./apps.ts";
import { resolveHosts } from "./hosts.ts";
import { resolveNatGateways } from "./natGateways.ts";
import { resolveGatewayRoute, resolveServiceRoute, resolveWebRoute } from "./routes.ts";
import { resolveVirtualIps } from "./virtualIps.ts";

type Configuration = z.infer<typeof configuration>;

/** The ways of a box by name, those of its own route tables and those of its services apart. */
interface Ways<Way> {
  readonly route: ReadonlyMap<string, Way>;
  readonly service: ReadonlyMap<string, Way>;
}

/**
 * Turns a sound configuration into the model, every name resolved and every default filled in.
 *
 * @param warnings what the rules that only warn have said
 */
export function resolveBox(name: string, draft: Draft, values: Configuration, warnings: readonly Violation[]): Box {
  const apps = Object.fromEntries(Object.entries(values.apps).map(([app, value]) => [app, resolveApp(app, value)]));
  const gateway = bySource(gatewayWays(draft));
  const web = bySource(webWays(draft));
  return {
    name,
    networks: resolveNetworks(draft),
    hosts: resolveHosts(draft),
    pools: mapValues(values.pools, (pool, members) => ({ name: pool, members })),
    apps,
    kubeGateways: resolveKubeGateways(draft, values, gateway),
    webservers: resolveWebservers(draft, values, web),
    services: resolveServices(draft, values, apps, gateway, web),
    virtualIps: resolveVirtualIps(draft),
    natGateways: resolveNatGateways(draft),
    hostNetworks: values.hostNetworks,
    warnings: warnings.map(({ path, message }) => `${path}: ${message}`),
  };
}

function resolveNetworks(draft: Draft): Record<string, Network> {
  const networks = [...draft.networks].map(([name, { cidr, ipv6 }]) => {
    const network: Network = { name, cidr, ...(ipv6 === undefined ? {} : { ipv6: ipv6Prefix(ipv6.range) }) };
    return [name, network] as const;
  });
  return Object.fromEntries(networks);
}

function resolveKubeGateways(draft: Draft, { kubeGateways }: Configuration, ways: Ways<GatewayWay>): KubeGateways {
  const routes = Object.entries(kubeGateways.routes);
  return {
    ...kubeGateways,
    routes: routes.map(([name, route]) => resolveGatewayRoute(draft, found(ways.route, name), route)),
  };
}

function resolveWebservers(draft: Draft, { webservers }: Configuration, ways: Ways<WebWay>): Webservers {
  const { pool, network, upstreamNetwork, serverNames } = webservers;
  const routes = Object.entries(webservers.routes);
  return {
    pool,
    network,
    upstreamNetwork,
    serverNames,
    ...(draft.certificate === undefined ? {} : { certificate: draft.certificate }),
    routes: routes.map(([name, route]) => resolveWebRoute(draft, found(ways.route, name), route.websocket)),
  };
}

function resolveServices(
  draft: Draft,
  { services }: Configuration,
  apps: Readonly<Record<string, App>>,
  gateway: Ways<GatewayWay>,
  web: Ways<WebWay>,
): ExposedServiceSpec[] {
  const appByName = new Map(Object.entries(apps));
  return Object.entries(services).map(([name, service]) => ({
    name,
    app: found(appByName, appOfService(name, service)),
    gateway: resolveServiceRoute(draft, found(gateway.service, name), service),
    web: resolveWebRoute(draft, found(web.service, name), service.web.websocket),
  }));
}

function bySource<Way extends { readonly name: string; readonly source: "route" | "service" }>(ways: Way[]): Ways<Way> {
  const of = (source: Way["source"]) =>
    new Map(ways.filter((way) => way.source === source).map((way) => [way.name, way] as const));
  return { route: of("route"), service: of("service") };
}

function found<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`"${name}" was not resolved; a rule is missing`);
  return value;
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, map: (name: string, value: From) => To) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(name, value)]));
}
