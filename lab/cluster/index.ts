/** A real Kubernetes inside the lab's hosts. Every step finds out by itself what is there already. */
import type { ListrTask } from "listr2";
import { HOSTS, type LabHost } from "../inventory.ts";
import { withLock } from "../lock.ts";
import { buildPodImage, type PodImage } from "../pods/image.ts";
import { reportTo, runSteps } from "../progress.ts";
import { readRecord, type Lab } from "../state.ts";
import { containerd, importImage } from "./containerd.ts";
import { controlPlane } from "./controlPlane.ts";
import { startEtcd } from "./etcd.ts";
import { applyServices } from "./hostServices.ts";
import { kubelet } from "./kubelet.ts";
import { chooseNodePortAddresses, kubeProxy, nodePortAddressesOf, type NodePortAddresses } from "./kubeProxy.ts";
import { podNetwork } from "./podNetwork.ts";
import { installPrograms, kubectlChecked } from "./programs.ts";
import { waitForApi, waitForNodes, waitForWorkloads } from "./ready.ts";
import { writeOperatorAccess } from "./switchApi.ts";
import { workloadManifests, WORKLOADS } from "./workloads.ts";

export { firstMaster, LOAD_BALANCER, type ApiPlace } from "./apiPlace.ts";
export { NodePortAddresses, setNodePortAddresses } from "./kubeProxy.ts";
export { switchApi } from "./switchApi.ts";

/** What the cluster is made with. */
export interface ClusterOptions {
  /** Path of the executable that is all of Kubernetes, on this machine. */
  readonly kubernetesBinary: string;
  /** Where NodePorts are reachable; by default as it was chosen last, `all` in a new lab. */
  readonly nodePortAddresses?: NodePortAddresses;
}

/** What later steps know from earlier ones, beside the lab's own context. */
interface ClusterContext {
  readonly hosts: readonly LabHost[];
}

/** Seconds to wait for another run on the same lab: a first one that boots everything. */
const OTHER_RUN_SECONDS = 1800;

/**
 * Brings up the cluster in a lab whose hosts run. Safe to repeat and after an interruption; what runs as it should is
 * left alone.
 *
 * @throws with the host, node or Deployment that failed and its own words
 * @example
 * await bringUpCluster(labNamed(), { kubernetesBinary: `${toolchain.kubernetes}/kubernetes` });
 */
export async function bringUpCluster(lab: Lab, options: ClusterOptions): Promise<void> {
  const record = await readRecord(lab);
  if (!record) {
    throw new Error(`lab ${lab.name} is not up; \`npm run lab -- up\` makes it`);
  }
  const hosts = HOSTS.filter((host) => record.hosts.includes(host.name));
  await withLock(lab.directory, OTHER_RUN_SECONDS, () => runSteps(clusterSteps(lab, options), { hosts }));
}

/**
 * The steps of the cluster, to follow those of the lab.
 *
 * @example
 * await bringUp(lab, {}, clusterSteps(lab, { kubernetesBinary }));
 */
export function clusterSteps(lab: Lab, options: ClusterOptions): readonly ListrTask<ClusterContext>[] {
  let image: Promise<PodImage> | undefined;
  const podImage = (say?: (line: string) => void): Promise<PodImage> => (image ??= buildPodImage(say));
  return [
    {
      title: "Kubernetes: programs and certificates",
      task: async (_, task) => {
        const access = writeOperatorAccess(lab);
        await Promise.all([installPrograms(lab, options.kubernetesBinary), podImage(reportTo(task)), access]);
        if (options.nodePortAddresses !== undefined) {
          await chooseNodePortAddresses(lab, options.nodePortAddresses);
        }
      },
    },
    {
      title: "Kubernetes: control plane",
      task: async ({ hosts }) => {
        const masters = hosts.filter((host) => host.kubernetes === "master");
        const nodes = hosts.filter((host) => host.kubernetes === "node");
        await Promise.all([
          startMasters(lab, masters),
          ...nodes.map(async (node) => prepareNode(lab, node, await podImage())),
        ]);
        await waitForApi(lab);
      },
    },
    {
      title: "Kubernetes: nodes",
      task: async ({ hosts }) => {
        const nodes = hosts.filter((host) => host.kubernetes === "node");
        await Promise.all(nodes.map((node) => startNode(lab, node)));
        await waitForNodes(lab, nodes);
      },
    },
    {
      title: "Kubernetes: applications",
      task: async () => {
        await applyWorkloads(lab, await podImage());
        await waitForWorkloads(lab);
      },
    },
  ];
}

async function startMasters(lab: Lab, masters: readonly LabHost[]): Promise<void> {
  await startEtcd(lab, masters);
  const start = async (master: LabHost): Promise<unknown> =>
    applyServices(lab, master.name, [podNetwork(master), ...(await controlPlane(lab, master, masters))]);
  await Promise.all(masters.map(start));
}

async function prepareNode(lab: Lab, node: LabHost, image: PodImage): Promise<void> {
  await applyServices(lab, node.name, [podNetwork(node), containerd(image)]);
  await importImage(lab, node, image);
}

async function startNode(lab: Lab, node: LabHost): Promise<void> {
  const addresses = await nodePortAddressesOf(lab);
  await applyServices(lab, node.name, [await kubelet(lab, node), await kubeProxy(lab, node, addresses)]);
}

async function applyWorkloads(lab: Lab, image: PodImage): Promise<void> {
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=gatebox-lab", "--filename=-"];
  const input = JSON.stringify(workloadManifests(WORKLOADS, image));
  await kubectlChecked(lab, apply, { input, timeoutSeconds: 120 });
}
