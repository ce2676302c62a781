/** Assemblies that stand in for the project's own, with the ports that they have in the Protobox. */
import type { Box, Host, KubeGateways } from "../../box/model.ts";
import type { Assembly, OpenPort } from "../../render/assembly.ts";
import { firewallAssembly } from "../../render/firewall/index.ts";
import { registryOf } from "../../render/registryOf.ts";
import type { TreeFile } from "../../render/treeFile.ts";

const nothing = { programs: [], files: () => [] } as const;

const gateway: Assembly = {
  ...nothing,
  name: "gateway",
  pools: (box) => [box.kubeGateways!.pool],
  ports: (box): OpenPort[] => gatewayPorts(box.kubeGateways!),
  forwardsFrom: (box) => [box.kubeGateways!.backendNetwork],
};

function gatewayPorts({ network, backendNetwork, metricsPort }: KubeGateways): OpenPort[] {
  return [
    { network: backendNetwork, protocol: "tcp", port: metricsPort, purpose: "HAProxy's metrics" },
    {
      ...{ network, protocol: "tcp", purpose: "declared ports, which the border lets past connection tracking" },
      ...{ port: { first: 30000, last: 32767 }, untrackedOnly: true },
    },
    { network: backendNetwork, protocol: "tcp", port: 10250, purpose: "kubelet" },
    { network: backendNetwork, protocol: "tcp", port: { first: 30000, last: 32767 }, purpose: "NodePorts" },
    { network: backendNetwork, protocol: "ipip", purpose: "Calico" },
  ];
}

const webserver: Assembly = {
  ...nothing,
  name: "webserver",
  pools: (box) => [box.webservers!.pool],
  ports: ({ webservers }) =>
    [80, 443].map((port) => ({
      network: webservers!.network,
      protocol: "tcp",
      port,
      untracked: true,
      purpose: "nginx",
    })),
};

const natOf = (box: Box, host: Host): Box["natGateways"] =>
  box.natGateways.filter(({ pool }) => box.pools[pool]?.members.includes(host.name));

const nat: Assembly = {
  ...nothing,
  name: "nat",
  pools: (box) => box.natGateways.map(({ pool }) => pool),
  ports: (box, host) =>
    natOf(box, host).flatMap(({ input, openPorts }): OpenPort[] => [
      { network: input, protocol: "tcp", port: 9100, purpose: "node exporter" },
      ...openPorts.map((one) => ({ ...one, purpose: "declared" })),
    ]),
  forwardsFrom: (box, host) => natOf(box, host).map(({ input }) => input),
};

const vip: Assembly = {
  ...nothing,
  name: "vip",
  pools: (box) => Object.values(box.virtualIps).map(({ pool }) => pool),
  ports: (box, host) =>
    Object.values(box.virtualIps)
      .filter(({ priorities }) => Object.hasOwn(priorities, host.name))
      .flatMap(({ network }): OpenPort[] => {
        const from = box.networks[network]?.cidr;
        return from === undefined ? [] : [{ network, from: [from], protocol: "vrrp", purpose: "VRRP" }];
      }),
};

const network: Assembly = { ...nothing, name: "network", pools: (box) => box.hostNetworks.pools };

export const others: readonly Assembly[] = [gateway, webserver, nat, vip, network];
export const firewall = firewallAssembly(others);
export const registry = registryOf([...others, firewall]);

/** The tree of a host's firewall. */
export function firewallTree(box: Box, host: Host): readonly TreeFile[] {
  return firewall.files(box, host, registry);
}

/** A file of it. */
export function firewallFile(box: Box, host: Host, path: string): string {
  const found = firewallTree(box, host).find((file) => file.path === path);
  if (!found) throw new Error(`the firewall brings no ${path}`);
  return found.text;
}
