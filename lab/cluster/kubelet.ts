/** The kubelet of a node. */
import type { LabHost } from "../inventory.ts";
import type { Lab } from "../state.ts";
import { kubeconfigFor } from "./apiPlace.ts";
import { CONTAINERD_SOCKET } from "./containerd.ts";
import type { HostService } from "./hostServices.ts";
import { certificate, certificateAuthority } from "./pki.ts";
import { clusterAddress, ROLE_LABEL, roleOf } from "./topology.ts";
import { daemonUnit, PROGRAMS } from "./unitFile.ts";

export const KUBELET_UNIT = "kubelet.service";

const DIRECTORY = "/etc/kubernetes";

/** The kubelet service of a node. */
export async function kubelet(lab: Lab, node: LabHost): Promise<HostService> {
  const address = clusterAddress(node);
  const authority = await certificateAuthority(lab);
  // The name and group that the API's node authorizer asks for (Kubernetes documentation, "Using Node Authorization").
  const own = await certificate(lab, `kubelet-${node.name}`, {
    commonName: `system:node:${node.name}`,
    organization: "system:nodes",
    reachedAt: [node.name, address],
  });
  return {
    unit: KUBELET_UNIT,
    files: [
      daemonUnit({
        unit: KUBELET_UNIT,
        description: "kubelet",
        after: ["containerd.service", "lab-pod-network.service"],
        command: [
          `${PROGRAMS}/kubelet`,
          `--config=${DIRECTORY}/kubelet.json`,
          `--kubeconfig=${DIRECTORY}/kubelet.kubeconfig`,
          `--hostname-override=${node.name}`,
          `--node-ip=${address}`,
          `--node-labels=${ROLE_LABEL}=${roleOf(node)}`,
          // Figures of every container, which nobody reads here; 10 s by default.
          "--housekeeping-interval=60s",
        ],
        // A container's processes belong to it and not to the kubelet.
        settings: ["KillMode=process", "Delegate=yes"],
      }),
      { path: `${DIRECTORY}/kubelet.json`, content: `${JSON.stringify(configuration(), undefined, 2)}\n` },
      { path: `${DIRECTORY}/kubelet.kubeconfig`, content: await kubeconfigFor(lab, own), mode: 0o600 },
      { path: `${DIRECTORY}/ca.pem`, content: authority.certificate },
      { path: `${DIRECTORY}/kubelet.pem`, content: own.certificate },
      { path: `${DIRECTORY}/kubelet-key.pem`, content: own.key, mode: 0o600 },
    ],
  };
}

/** What differs from the kubelet's defaults, all of it because the node is a container on a small machine. */
function configuration(): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${DIRECTORY}/ca.pem` },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${DIRECTORY}/kubelet.pem`,
    tlsPrivateKeyFile: `${DIRECTORY}/kubelet-key.pem`,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: "cgroupfs",
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    maxPods: 60,
    // Without CAP_SYS_RESOURCE it could not put itself at -999 and would try again every minute.
    oomScoreAdj: 0,
    nodeStatusUpdateFrequency: "20s",
    volumeStatsAggPeriod: "-1s",
    // Disk and memory are the machine's own: what others use of them is no reason to throw images away or to drive pods out.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "memory.available": "0%",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
  };
}
