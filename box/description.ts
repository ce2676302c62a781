import type { Draft } from "./draft.ts";
import { explainIssue } from "./explain.ts";
import { rangeOf } from "./ipv4.ts";
import type { Box, LocationParam } from "./model.ts";
import { description, type Description } from "./schema/description.ts";
import type {
  GatewayRouteConfiguration,
  ParamsConfiguration,
  ServiceConfiguration,
  WebRouteConfiguration,
} from "./schema/configuration.ts";
import { BoxError, type Violation } from "./violations.ts";

const drafts = new WeakMap<Box, Draft>();

/**
 * What the rules look at, from a box that has been parsed already, by this program or by that of another stack: the way
 * back from the model to what was written. How hosts are reached by SSH is left out, since no route depends on it. Made
 * once for a box, however many services a program exposes on it.
 *
 * @throws BoxError when it is not the description of a box.
 */
export function draftOfBox(box: Box): Draft {
  const known = drafts.get(box);
  if (known) return known;
  const draft = draftOfDescription(read(box));
  drafts.set(box, draft);
  return draft;
}

function read(box: unknown): Description {
  const isMapping = typeof box === "object" && box !== null && Object.getPrototypeOf(box) === Object.prototype;
  if (!isMapping) throw notABox([{ path: "box", message: noMapping(box) }]);
  const { data, error } = description.safeParse(box);
  if (data) return data;
  const violations = error.issues.flatMap((issue) => explainIssue(issue, box));
  throw notABox(violations.map(({ path, message }) => ({ path: `box.${path}`, message })));
}

function noMapping(box: unknown): string {
  const wayOut = 'write `(await new pulumi.StackReference(STACK).getOutputDetails("box")).value`';
  const found =
    box === undefined
      ? "is missing: the stack exports no `box`, or keeps it secret, or has not been deployed"
      : "is not plain data";
  return `${found}; ${wayOut}`;
}

function notABox(violations: readonly Violation[]): BoxError {
  const subject = "What was given as a box is not the description that this version of Gatebox exports: it";
  return new BoxError(subject, violations);
}

function draftOfDescription(box: Description): Draft {
  const { pool, network, backendNetwork, metricsPort } = box.kubeGateways;
  const portSource = portSources(box);
  const poolOf = poolsByMembers(box);
  const services = box.services.map((service) => [service.name, serviceConfiguration(service)] as const);
  const gatewayRoutes = box.kubeGateways.routes.map(
    (route) => [route.name, gatewayConfiguration(route, portSource)] as const,
  );
  const webRoutes = box.webservers.routes.map(
    (route) => [route.name, webConfiguration(route, portSource, poolOf)] as const,
  );
  return {
    networks: mapOf(box.networks, ({ cidr }) => ({ cidr, range: rangeOf(cidr) })),
    hosts: mapOf(box.hosts, ({ addresses, interfaces }) => ({
      addresses,
      interfaces,
      connection: {},
      macAddresses: {},
      // No route depends on IPv6, nor does a network's prefix.
      addresses6: {},
    })),
    pools: mapOf(box.pools, ({ members }) => members),
    apps: mapOf(box.apps, ({ port, namespace, servicePort }) => ({ port, namespace, servicePort })),
    services: new Map(services),
    // No route depends on them, and their own stack has checked them.
    virtualIps: new Map(),
    natGateways: [],
    hostNetworks: { pools: [], nameservers: [], replaces: [] },
    connection: {},
    kubeGateways: { pool, network, backendNetwork, metricsPort, routes: Object.fromEntries(gatewayRoutes) },
    webservers: {
      pool: box.webservers.pool,
      network: box.webservers.network,
      upstreamNetwork: box.webservers.upstreamNetwork,
      serverNames: box.webservers.serverNames,
      routes: Object.fromEntries(webRoutes),
    },
    declared: {
      networks: new Set(Object.keys(box.networks)),
      hosts: new Set(Object.keys(box.hosts)),
      pools: new Set(Object.keys(box.pools)),
      apps: new Set(Object.keys(box.apps)),
      virtualIps: new Set(Object.keys(box.virtualIps)),
    },
    unreadWays: false,
    knownHosts: undefined,
    certificate: undefined,
  };
}

/** How a route says its port: by the app that has it, as it is best written, or else the number. */
type PortSource = (port: number) => { readonly app: string } | { readonly port: number };

function portSources({ apps }: Description): PortSource {
  const appByPort = new Map(Object.entries(apps).map(([name, { port }]) => [port, name] as const));
  return (port) => {
    const app = appByPort.get(port);
    return app === undefined ? { port } : { app };
  };
}

type Members = Description["services"][number]["web"]["upstream"]["members"];

/** The pool that members were resolved from; where several have the same hosts, that of the gateways. */
function poolsByMembers({ pools, kubeGateways }: Description): (members: Members) => string | undefined {
  const key = (names: readonly string[]) => names.join(" ");
  const byMembers = new Map(Object.values(pools).map(({ name, members }) => [key(members), name] as const));
  const gateways = pools[kubeGateways.pool];
  if (gateways) byMembers.set(key(gateways.members), gateways.name);
  return (members) => byMembers.get(key(members.map(({ name }) => name)));
}

function serviceConfiguration({ app, gateway, web }: Description["services"][number]): ServiceConfiguration {
  const { mode, address, destination } = gateway;
  const { balance, options, check } = destination;
  const { location, params, websocket } = web;
  const written = { location, params: paramsConfiguration(params), websocket };
  return { app: app.name, mode, address, balance, options, check, web: written };
}

function gatewayConfiguration(
  { mode, address, port, destination }: Description["kubeGateways"]["routes"][number],
  portSource: PortSource,
): GatewayRouteConfiguration {
  const { members, balance, options, check } = destination;
  return { mode, address, ...portSource(port), destination: { addresses: members, balance, options, check } };
}

function webConfiguration(
  { location, params, upstream: stream, websocket }: Description["webservers"]["routes"][number],
  portSource: PortSource,
  poolOf: (members: Members) => string | undefined,
): WebRouteConfiguration {
  const { name, members } = stream;
  const group = poolOf(members);
  const source = portSource(members[0]?.port ?? 0);
  const written = { name, ...source, ...(group === undefined ? {} : { group }) };
  return { location, params: paramsConfiguration(params), upstream: written, websocket };
}

function paramsConfiguration(params: readonly LocationParam[]): ParamsConfiguration {
  const written = params.map((param) => {
    const { directive } = param;
    return [
      directive,
      param.type === "single" ? { values: param.value } : { type: param.type, values: param.values },
    ] as const;
  });
  return Object.fromEntries(written);
}

function mapOf<From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Map<string, To> {
  return new Map(Object.entries(values).map(([name, value]) => [name, map(value)] as const));
}
