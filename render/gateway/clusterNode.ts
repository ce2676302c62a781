/** What a host that is a node of the cluster is asked by the other nodes. */
import { nodePortRange } from "../../box/ports.ts";
import type { LocalPort, OpenPort } from "../assembly.ts";

type PortOrProtocol = OpenPort extends infer Port ? (Port extends OpenPort ? Omit<Port, "network"> : never) : never;

const asked: readonly PortOrProtocol[] = [
  { protocol: "tcp", port: 10250, purpose: "the kubelet", everywhere: true },
  { protocol: "tcp", port: 10256, purpose: "kube-proxy's health", everywhere: true },
  { protocol: "tcp", port: 179, purpose: "Calico's BGP" },
  { protocol: "tcp", port: 5473, purpose: "Calico's Typha" },
  { protocol: "udp", port: 4789, purpose: "VXLAN of pods" },
  { protocol: "udp", port: 8472, purpose: "VXLAN of pods, on Linux's own port" },
  { protocol: "udp", port: { first: 51820, last: 51821 }, purpose: "WireGuard of pods" },
  { protocol: "ipip", purpose: "IP in IP of pods" },
  { protocol: "tcp", port: nodePortRange, purpose: "NodePorts" },
  { protocol: "udp", port: nodePortRange, purpose: "NodePorts" },
];

/** Ports and protocols that are open on the network of the cluster's nodes, whatever its pod network is made with. */
export function clusterNodePorts(network: string): OpenPort[] {
  return asked.map((one) => ({ network, ...one }));
}

/** What a node listens on for itself. */
export const clusterNodeLocalPorts: readonly LocalPort[] = [
  { port: 10248, purpose: "the kubelet's health" },
  { port: 10249, purpose: "kube-proxy's metrics" },
];
