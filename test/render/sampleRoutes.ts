/** Routes as they stand in the Protobox, and a small box around them, for the tests of the rendered texts. */
import { defaultLimits } from "../../box/sections/limits/index.ts";
import type { Box, GatewayRoute, Host, Member, Upstream, WebserverRoute } from "../../box/model.ts";

export function members(port: number, network = 1, count = 3): Member[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `gateway-${index + 1}`,
    address: `192.168.${network}.${11 + index}`,
    port,
  }));
}

export function gatewayRoute(
  change: Partial<GatewayRoute> = {},
  destination: Partial<GatewayRoute["destination"]> = {},
): GatewayRoute {
  const port = change.port ?? 30165;
  return {
    name: "argocd",
    mode: "http",
    address: "*",
    port,
    websocket: false,
    passHeaders: [],
    ...change,
    destination: {
      members: members(port),
      balance: "roundrobin",
      options: ["httplog"],
      check: { path: "/healthz", intervalMs: 2000, fall: 2, rise: 2 },
      ...destination,
    },
  };
}

export function stream(name = "stream_argocd", port = 30165): Upstream {
  return { name, members: members(port, 2) };
}

export function webserverRoute(change: Partial<WebserverRoute> = {}): WebserverRoute {
  return {
    name: "argocd",
    location: "/argocd/",
    params: [],
    upstream: stream(),
    websocket: false,
    passHeaders: [],
    ...change,
  };
}

const hosts: Record<string, Host> = {
  "gateway-1": {
    name: "gateway-1",
    addresses: { "gateway-network": "192.168.2.11", "box-network": "192.168.1.11" },
    interfaces: { "gateway-network": "gateway-network", "box-network": "box-network" },
    connection: { address: "192.168.1.11", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
  },
  "webserver-1": {
    name: "webserver-1",
    addresses: { "public-network": "192.168.0.30", "gateway-network": "192.168.2.1" },
    interfaces: { "public-network": "public-network", "gateway-network": "gateway-network" },
  },
};

/** What every route is rendered with beside its gateway's own address. */
export const shared = { webservers: ["192.168.2.1"], limits: defaultLimits } as const;

export const gatewayHost = hosts["gateway-1"]!;
export const webserverHost = hosts["webserver-1"]!;

/** A small box around the given routes. */
export function sampleBox(routes: { gateway?: readonly GatewayRoute[]; web?: readonly WebserverRoute[] } = {}): Box {
  return {
    name: "protobox",
    networks: {
      "public-network": { name: "public-network", cidr: "192.168.0.0/24" },
      "gateway-network": { name: "gateway-network", cidr: "192.168.2.0/24" },
      "box-network": { name: "box-network", cidr: "192.168.1.0/24" },
    },
    hosts,
    pools: {
      kube_gateway_pool: { name: "kube_gateway_pool", members: ["gateway-1"] },
      webservers_pool: { name: "webservers_pool", members: ["webserver-1"] },
    },
    rollout: {},
    apps: {},
    kubeGateways: {
      pool: "kube_gateway_pool",
      network: "gateway-network",
      backendNetwork: "box-network",
      metricsPort: 8405,
      routes: routes.gateway ?? [],
    },
    webservers: {
      pool: "webservers_pool",
      network: "public-network",
      upstreamNetwork: "gateway-network",
      serverNames: ["protobox.example", "www.protobox.example"],
      serveAddresses: true,
      unknownNames: "refuse",
      routes: routes.web ?? [],
    },
    services: [],
    // Some tests load a host from one address with all that it can serve.
    limits: { ...defaultLimits, clientRequestsPerSecond: 100_000 },
    virtualIps: {},
    natGateways: [],
    firewall: { openPorts: [] },
    aptRepositories: {},
    hostNetworks: { pools: [], nameservers: [], replaces: [] },
    sharedVolumes: {},
    warnings: [],
  };
}
