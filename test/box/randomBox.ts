import fc from "fast-check";
import { nodePortRange } from "../../box/index.ts";
import { hostKeyFor } from "./hostKey.ts";

/** The sizes and choices that make up a random box. */
interface Plan {
  readonly gateways: number;
  readonly webservers: number;
  readonly others: number;
  readonly nats: number;
  /** Ports of the apps; every third app is exposed by routes of the pools' own tables, the others as services. */
  readonly ports: readonly number[];
  /** First two octets of all addresses. */
  readonly block: readonly [number, number];
  readonly bastion: boolean;
  readonly ownKeys: boolean;
  readonly mode: "http" | "tcp";
  readonly balance: string;
  readonly withParams: boolean;
  /** Whether priorities are written out, and not left to the order of the pool. */
  readonly withPriorities: boolean;
  readonly preempt: boolean;
  /** What VRRP counts, hundredths of a second. */
  readonly advertCentiseconds: number;
  /** Router identifiers of the VIPs; unique, although two networks could share them. */
  readonly routerIds: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  gateways: fc.integer({ min: 1, max: 5 }),
  webservers: fc.integer({ min: 1, max: 4 }),
  others: fc.integer({ min: 1, max: 10 }),
  nats: fc.integer({ min: 1, max: 5 }),
  ports: fc.uniqueArray(fc.integer({ min: nodePortRange.first, max: nodePortRange.last }), {
    minLength: 3,
    maxLength: 12,
  }),
  block: fc.tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 0, max: 255 })),
  bastion: fc.boolean(),
  ownKeys: fc.boolean(),
  mode: fc.constantFrom("http", "tcp"),
  balance: fc.constantFrom("roundrobin", "leastconn", "source", "random(2)"),
  withParams: fc.boolean(),
  withPriorities: fc.boolean(),
  preempt: fc.boolean(),
  advertCentiseconds: fc.integer({ min: 1, max: 100 }),
  routerIds: fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 4, maxLength: 4 }),
});

/** A sound configuration of a random box, with the keys of its hosts in a known_hosts file where they are not in it. */
export interface RandomBox {
  readonly values: Record<string, unknown>;
  readonly knownHosts: string;
}

/**
 * Random sound boxes. Whatever their size, they have an app, a service, a gateway route, a web route,
 * VIPs of two pools, a NAT gateway and a host network to break.
 */
export const randomBox: fc.Arbitrary<RandomBox> = plan.map(boxOf);

function boxOf(chosen: Plan): RandomBox {
  const hosts = hostsOf(chosen);
  const apps = chosen.ports.map((port, index) => ({ name: `app-${index}`, port, isRoute: index % 3 === 0 }));
  const values = {
    networks: { edge: network(chosen, 0), middle: network(chosen, 1), inside: network(chosen, 2) },
    connection: { network: "inside", from: ["192.0.2.7"], ...(chosen.bastion ? { bastion: "other-0" } : {}) },
    hosts,
    pools: {
      gateways: names("gateway", chosen.gateways),
      webservers: names("webserver", chosen.webservers),
      others: names("other", chosen.others),
      nats: names("nat", chosen.nats),
    },
    apps: Object.fromEntries(apps.map(({ name, port }) => [name, { port, namespace: "default" }])),
    kubeGateways: {
      pool: "gateways",
      network: "middle",
      backendNetwork: "inside",
      routes: Object.fromEntries(
        apps.filter(({ isRoute }) => isRoute).map(({ name }) => [name, gatewayRoute(chosen, name)]),
      ),
    },
    webservers: {
      pool: "webservers",
      network: "edge",
      upstreamNetwork: "middle",
      routes: Object.fromEntries(
        apps.filter(({ isRoute }) => isRoute).map(({ name }) => [name, webRoute(chosen, name)]),
      ),
    },
    services: Object.fromEntries(apps.filter(({ isRoute }) => !isRoute).map(({ name }) => [name, service(chosen)])),
    virtualIps: virtualIps(chosen),
    natGateways: [{ name: "nat", pool: "nats", input: "inside", output: "middle", snatAddress: "natOut" }],
    hostNetworks: { pools: ["others"] },
  };
  const knownHosts = Object.keys(hosts).map((host) => `${host} ${hostKeyFor(host)}\n`);
  return { values, knownHosts: chosen.ownKeys ? "" : knownHosts.join("") };
}

function hostsOf(chosen: Plan): Record<string, object> {
  const key = (host: string) => (chosen.ownKeys ? { hostKey: hostKeyFor(host) } : {});
  const gateways = names("gateway", chosen.gateways).map((host, index) => {
    const addresses = { middle: address(chosen, 1, 10 + index), inside: address(chosen, 2, 10 + index) };
    const macAddresses = { inside: `52:54:00:00:00:${(16 + index).toString(16)}` };
    return [host, { addresses, interfaces: { middle: `ens${index}` }, macAddresses, ...key(host) }] as const;
  });
  const webservers = names("webserver", chosen.webservers).map((host, index) => {
    const addresses = { edge: address(chosen, 0, 1 + index), middle: address(chosen, 1, 1 + index) };
    return [host, { addresses, connection: { network: "edge", bastion: false }, ...key(host) }] as const;
  });
  const others = names("other", chosen.others).map((host, index) => {
    const defaultGateway = address(chosen, 2, 202);
    const addresses = { inside: address(chosen, 2, 100 + index) };
    const macAddresses = { inside: `52:54:00:00:01:${(16 + index).toString(16)}` };
    return [host, { addresses, macAddresses, defaultGateway, ...key(host) }] as const;
  });
  const nats = names("nat", chosen.nats).map((host, index) => {
    const addresses = { middle: address(chosen, 1, 20 + index), inside: address(chosen, 2, 20 + index) };
    return [host, { addresses, ...key(host) }] as const;
  });
  return Object.fromEntries<object>([...gateways, ...webservers, ...others, ...nats]);
}

function virtualIps(chosen: Plan): Record<string, object> {
  const { preempt, advertCentiseconds, routerIds } = chosen;
  const [edge, front, nat, natOut] = routerIds;
  const common = (pool: string, count: number) => ({
    pool,
    preempt,
    advertIntervalMs: advertCentiseconds * 10,
    ...(chosen.withPriorities ? { priorities: priorities(names(pool.slice(0, -1), count)) } : {}),
  });
  const ofNats = common("nats", chosen.nats);
  const ofWebservers = common("webservers", chosen.webservers);
  return {
    edge: { ...ofWebservers, network: "edge", address: address(chosen, 0, 200), virtualRouterId: edge },
    front: { ...ofWebservers, network: "middle", address: address(chosen, 1, 201), virtualRouterId: front },
    nat: { ...ofNats, network: "inside", address: address(chosen, 2, 202), virtualRouterId: nat },
    natOut: {
      ...ofNats,
      network: "middle",
      address: address(chosen, 1, 203),
      virtualRouterId: natOut,
      syncGroup: "nat",
    },
  };
}

/** Another order than the pool's: the last host first. */
function priorities(hosts: readonly string[]): Record<string, number> {
  return Object.fromEntries(hosts.map((host, index) => [host, 100 + index]));
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index}`);
}

function network({ block: [first, second] }: Plan, third: number): string {
  return `${first}.${second}.${third}.0/24`;
}

function address({ block: [first, second] }: Plan, third: number, last: number): string {
  return `${first}.${second}.${third}.${last}`;
}

function gatewayRoute({ mode, balance }: Plan, app: string): object {
  return { mode, app, destination: { group: { name: "gateways" }, balance, options: ["tcplog"] } };
}

function webRoute({ withParams }: Plan, app: string): object {
  const stream = `stream_${app.replaceAll("-", "_")}`;
  const params = { proxy_pass: { values: `http://${stream}/` }, proxy_read_timeout: { values: 60 } };
  return { location: `/${app}/`, upstream: { app }, ...(withParams ? { params } : {}) };
}

function service({ mode, balance }: Plan): object {
  return { mode, balance, check: { path: "/healthz" } };
}
