/** A box with two web servers and two NAT gateways, with virtual IPs as the Protobox has them. */
import type { Box, Host, NatGateway, VirtualIp } from "../../box/model.ts";
import type { Assembly } from "../../render/assembly.ts";
import { firewallAssembly } from "../../render/firewall/index.ts";
import { gatewayAssembly } from "../../render/gateway/index.ts";
import { natAssembly } from "../../render/nat/index.ts";
import type { NatOptions } from "../../render/nat/rules.ts";
import { registryOf } from "../../render/registryOf.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { vipAssembly } from "../../render/vip/index.ts";
import { webserverAssembly } from "../../render/webserver/index.ts";
import { sampleBox } from "./sampleRoutes.ts";

function host(name: string, addresses: Record<string, string>, operator: string): Host {
  const interfaces = Object.fromEntries(Object.keys(addresses).map((network) => [network, network]));
  const connection = { address: addresses[operator] ?? "", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };
  return { name, addresses, interfaces, connection };
}

const onBoth = (last: number): Record<string, string> => ({
  "gateway-network": `192.168.2.${last}`,
  "box-network": `192.168.1.${last}`,
});
const atEdge = (outer: number, inner: number): Record<string, string> => ({
  "public-network": `192.168.0.${outer}`,
  "gateway-network": `192.168.2.${inner}`,
});

const hosts: Record<string, Host> = {
  "webserver-1": host("webserver-1", atEdge(30, 1), "public-network"),
  "webserver-2": host("webserver-2", atEdge(32, 2), "public-network"),
  "gateway-1": host("gateway-1", onBoth(11), "box-network"),
  "gateway-2": host("gateway-2", onBoth(12), "box-network"),
  "gateway-4": host("gateway-4", onBoth(14), "box-network"),
  "gateway-5": host("gateway-5", onBoth(15), "box-network"),
};

const common = { prefixLength: 24, preempt: true, advertIntervalMs: 100 };
const webservers = { ...common, pool: "webservers_pool" };
const gateways = { ...common, pool: "nat_gateway_pool", priorities: { "gateway-4": 200, "gateway-5": 100 } };

export const virtualIps = {
  edge: {
    ...webservers,
    name: "edge",
    network: "public-network",
    address: "192.168.0.33",
    virtualRouterId: 1,
    priorities: { "webserver-1": 200, "webserver-2": 100 },
  },
  egress: {
    ...webservers,
    name: "egress",
    network: "gateway-network",
    address: "192.168.2.254",
    virtualRouterId: 2,
    priorities: { "webserver-2": 200, "webserver-1": 100 },
  },
  nat: { ...gateways, name: "nat", network: "box-network", address: "192.168.1.254", virtualRouterId: 5 },
  natOut: {
    ...gateways,
    name: "natOut",
    network: "gateway-network",
    address: "192.168.2.253",
    virtualRouterId: 6,
    syncGroup: "nat",
  },
  kube: {
    ...common,
    pool: "kube_gateway_pool",
    name: "kube",
    network: "gateway-network",
    address: "192.168.2.10",
    virtualRouterId: 4,
    preempt: false,
    priorities: { "gateway-1": 200, "gateway-2": 190 },
  },
} satisfies Record<string, VirtualIp>;

export const natGateways = [
  {
    name: "nat",
    pool: "nat_gateway_pool",
    input: "box-network",
    output: "gateway-network",
    snatAddress: { address: "192.168.2.253", virtualIp: "natOut" },
    openPorts: [{ network: "gateway-network", protocol: "tcp", port: 9090 }],
    conntrackMax: 262_144,
    conntrackPerSource: 16_384,
  },
  {
    name: "edge",
    pool: "webservers_pool",
    input: "gateway-network",
    output: "public-network",
    snatAddress: { address: "192.168.0.33", virtualIp: "edge" },
    openPorts: [],
    conntrackMax: 262_144,
    conntrackPerSource: 16_384,
  },
] satisfies readonly NatGateway[];

/** The box; `change` takes the place of what it says. */
export function haBox(change: Partial<Box> = {}): Box {
  const box = sampleBox();
  return {
    ...box,
    hosts,
    pools: {
      kube_gateway_pool: { name: "kube_gateway_pool", members: ["gateway-1", "gateway-2"] },
      webservers_pool: { name: "webservers_pool", members: ["webserver-1", "webserver-2"] },
      nat_gateway_pool: { name: "nat_gateway_pool", members: ["gateway-4", "gateway-5"] },
    },
    virtualIps,
    natGateways,
    ...change,
  };
}

/** A host of `haBox`. */
export function haHost(name: string): Host {
  const found = hosts[name];
  if (!found) throw new Error(`no host ${name}`);
  return found;
}

/** A program that is asked on the inner network of the NAT gateways, as monitoring does. */
const exporter: Assembly = {
  name: "node-exporter",
  pools: (box) => [...new Set(box.natGateways.map(({ pool }) => pool))],
  programs: [],
  files: () => [],
  ports: (box, { name }) =>
    box.natGateways
      .filter(({ pool }) => box.pools[pool]?.members.includes(name))
      .map(({ input }) => ({ network: input, protocol: "tcp", port: 9100, purpose: "node exporter" })),
};

const programs = [exporter, gatewayAssembly, webserverAssembly, natAssembly, vipAssembly];
const firewall = firewallAssembly(programs);

/** The assemblies of `haBox`. */
export const haRegistry = registryOf([...programs, firewall]);

/** The assembly `firewall` on a host. */
export function firewallFiles(box: Box, host: Host): readonly TreeFile[] {
  return firewall.files(box, host, haRegistry);
}

/** The assembly `nat` on a host. */
export function natFiles(box: Box, host: Host): readonly TreeFile[] {
  return natAssembly.files(box, host, haRegistry);
}

/** The assembly `vip` on a host. */
export function vipFiles(box: Box, host: Host): readonly TreeFile[] {
  return vipAssembly.files(box, host, haRegistry);
}

/** A NAT gateway of a pool of three. */
export function threeGateways(): readonly TreeFile[] {
  const box = haBox();
  const third = host("gateway-6", onBoth(16), "box-network");
  const pool = { name: "nat_gateway_pool", members: ["gateway-4", "gateway-5", "gateway-6"] };
  const all = { ...box, hosts: { ...box.hosts, "gateway-6": third }, pools: { ...box.pools, nat_gateway_pool: pool } };
  return natFiles(all, haHost("gateway-4"));
}

/** The least of rules that a NAT gateway can have. */
export const natOptions: NatOptions = {
  egressRoutes: [
    {
      input: { interface: "box-network", cidr: "192.168.1.0/24" },
      output: { interface: "gateway-network" },
      snatAddress: "192.168.2.253",
      perSource: 16_384,
      unlimited: [],
    },
  ],
  interfaces: ["gateway-network", "box-network"],
  box: { addresses: ["192.168.1.14", "192.168.2.14"], addresses6: [], open: [] },
};
