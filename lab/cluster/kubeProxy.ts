/** kube-proxy of a node, and the one of its settings that decides where NodePorts are reachable. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readRecord, writeAtomically, type Lab } from "../state.ts";
import type { LabHost } from "../inventory.ts";
import { kubeconfigFor } from "./apiPlace.ts";
import { applyServices, type HostService } from "./hostServices.ts";
import { certificate } from "./pki.ts";
import { CLUSTER_CIDR, clusterAddress, NODES, POD_CIDR } from "./topology.ts";
import { daemonUnit, PROGRAMS } from "./unitFile.ts";

/**
 * On which of its addresses a node answers on NodePorts: `all`, kube-proxy's default, or those on the box network only. The
 * border of a gateway must hold with both.
 */
export const NodePortAddresses = { All: "all", Box: "box" } as const;
export type NodePortAddresses = (typeof NodePortAddresses)[keyof typeof NodePortAddresses];

const DIRECTORY = "/etc/kubernetes";
const UNIT = "kube-proxy.service";

/** What was last asked for in a lab; `all` in a new one. */
export async function nodePortAddressesOf(lab: Lab): Promise<NodePortAddresses> {
  const text = await readFile(choicePath(lab), "utf8").catch(() => "");
  return text.trim() === NodePortAddresses.Box ? NodePortAddresses.Box : NodePortAddresses.All;
}

/** Keeps a choice for the next start of the kube-proxies. */
export async function chooseNodePortAddresses(lab: Lab, choice: NodePortAddresses): Promise<void> {
  await mkdir(join(lab.directory, "cluster"), { recursive: true, mode: 0o700 });
  await writeAtomically(choicePath(lab), `${choice}\n`);
}

/**
 * Switches every node of a running lab over. Returns when all kube-proxies have started; their rules follow within two
 * seconds.
 *
 * @example
 * await setNodePortAddresses(lab, "box");
 */
export async function setNodePortAddresses(lab: Lab, choice: NodePortAddresses): Promise<void> {
  await chooseNodePortAddresses(lab, choice);
  const { hosts = [] } = (await readRecord(lab)) ?? {};
  const nodes = NODES.filter((node) => hosts.includes(node.name));
  const switchOver = async (node: LabHost): Promise<unknown> =>
    applyServices(lab, node.name, [await kubeProxy(lab, node, choice)]);
  await Promise.all(nodes.map(switchOver));
}

/** The kube-proxy service of a node. */
export async function kubeProxy(lab: Lab, node: LabHost, addresses: NodePortAddresses): Promise<HostService> {
  // Kubernetes binds this user to the role that a proxy needs.
  const own = await certificate(lab, "kube-proxy", { commonName: "system:kube-proxy" });
  return {
    unit: UNIT,
    files: [
      daemonUnit({
        unit: UNIT,
        description: "kube-proxy",
        type: "exec",
        command: [
          `${PROGRAMS}/kube-proxy`,
          `--config=${DIRECTORY}/kube-proxy.json`,
          `--hostname-override=${node.name}`,
        ],
      }),
      {
        path: `${DIRECTORY}/kube-proxy.json`,
        content: `${JSON.stringify(configuration(node, addresses), undefined, 2)}\n`,
      },
      { path: `${DIRECTORY}/kube-proxy.kubeconfig`, content: await kubeconfigFor(lab, own), mode: 0o600 },
    ],
  };
}

function configuration(node: LabHost, addresses: NodePortAddresses): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clusterCIDR: POD_CIDR,
    clientConnection: { kubeconfig: `${DIRECTORY}/kube-proxy.kubeconfig` },
    // The size of the connection table belongs to the machine; a node in a container may not change it.
    conntrack: { maxPerCore: 0, min: 0 },
    oomScoreAdj: 0,
    nodePortAddresses: addresses === NodePortAddresses.Box ? [CLUSTER_CIDR] : [],
    bindAddress: clusterAddress(node),
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
  };
}

function choicePath(lab: Lab): string {
  return join(lab.directory, "cluster", "node-port-addresses");
}
