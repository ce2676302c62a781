/** Who is who in the cluster and which addresses everything has, as data that follows from the inventory alone. */
import { HOSTS, NAMES_OF_THE_BOX, type LabHost } from "../inventory.ts";

/** Network of the Services' cluster addresses; the API's own Service has its first. */
export const SERVICE_CIDR = "10.233.0.0/18";
export const API_SERVICE_ADDRESS = "10.233.0.1";

/** Network of all pods, of which every node has a /24. */
export const POD_CIDR = "10.233.64.0/18";

/** Network on which the cluster's hosts talk to each other. */
export const CLUSTER_NETWORK = "box-network";
export const CLUSTER_CIDR = "192.168.1.0/24";

export const API_PORT = 6443;

/** The name that the documents give the API, and the address that a load balancer of the masters has there. */
export const API_NAME = "kube.plane.box";
export const API_VIP = NAMES_OF_THE_BOX[API_NAME];

/** Every master and every node that a lab can have, whether this one has it or not. */
export const MASTERS: readonly LabHost[] = HOSTS.filter((host) => host.kubernetes === "master");
export const NODES: readonly LabHost[] = HOSTS.filter((host) => host.kubernetes === "node");

/** Label that tells the nodes that only run pods from those that are gateways besides. */
export const ROLE_LABEL = "gatebox/role";
export type NodeRole = "gateway" | "worker";

/** What a node does beside running pods. */
export function roleOf(node: LabHost): NodeRole {
  return node.addresses["gateway-network"] === undefined ? "worker" : "gateway";
}

/**
 * A host's address on the cluster's network.
 *
 * @throws when it is not on it
 */
export function clusterAddress(host: LabHost): string {
  const address = host.addresses[CLUSTER_NETWORK];
  if (address === undefined) {
    throw new Error(`host "${host.name}" is not on ${CLUSTER_NETWORK} and can be no part of the cluster`);
  }
  return address;
}

/**
 * The pods' network of a node. It follows from the node's place in the inventory, so that it is the same in every lab
 * and stays when the lab grows.
 *
 * @example
 * podCidrOf(hostNamed("gateway-1")); // "10.233.64.0/24"
 */
export function podCidrOf(node: LabHost): string {
  const index = NODES.indexOf(node);
  if (index < 0) {
    throw new Error(`host "${node.name}" is no node of the cluster and has no pods`);
  }
  return `10.233.${64 + index}.0/24`;
}
