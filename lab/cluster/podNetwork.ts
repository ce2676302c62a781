/** The pods' network: a bridge per node with a /24 of its own, and a route on every host of the cluster to each of them. */
import type { LabHost } from "../inventory.ts";
import type { HostFile, HostService } from "./hostServices.ts";
import { scriptFile } from "../scriptFile.ts";
import { CLUSTER_NETWORK, clusterAddress, NODES, podCidrOf } from "./topology.ts";

export const CNI_CONFIGURATION_DIRECTORY = "/etc/cni/net.d";

const UNIT = "lab-pod-network.service";
const SCRIPT = "/usr/local/lib/lab-pod-network.sh";
/** The routes that it makes: a line for each, the pods' network and the node's address. */
const ROUTES = "/etc/lab-pod-network/routes";

/**
 * The service that makes a host's routes and kernel settings at every boot. It knows all nodes that a lab can have: a
 * route to one that is not there harms nobody, and nothing changes when it comes. It goes on running, as the daemon of a
 * real pod network does: an interface that loses its address, for a cable was pulled, loses its routes with it.
 */
export function podNetwork(host: LabHost): HostService {
  const content = `[Unit]
Description=Routes to the pods of the other nodes
Wants=network-online.target
After=network-online.target
Before=kubelet.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh ${SCRIPT} ${CLUSTER_NETWORK} ${ROUTES}
Restart=always
RestartSec=1
TimeoutStartSec=60

[Install]
WantedBy=multi-user.target
`;
  return {
    unit: UNIT,
    files: [
      { path: `/etc/systemd/system/${UNIT}`, content },
      { path: SCRIPT, content: scriptFile(import.meta.dirname, "lab-pod-network.sh") },
      { path: ROUTES, content: routes(host) },
      ...(NODES.includes(host) ? [cniConfiguration(host)] : []),
    ],
  };
}

function routes(host: LabHost): string {
  const others = NODES.filter((node) => node !== host);
  return others.map((node) => `${podCidrOf(node)} ${clusterAddress(node)}\n`).join("");
}

/** Addresses in use are kept in memory only: after a power cut no pod has one any more. */
function cniConfiguration(node: LabHost): HostFile {
  const document = {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "pods",
        isGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni",
          ranges: [[{ subnet: podCidrOf(node) }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  };
  const content = `${JSON.stringify(document, undefined, 2)}\n`;
  return { path: `${CNI_CONFIGURATION_DIRECTORY}/10-pods.conflist`, content };
}
