/** The pods' network: a bridge per node with a /24 of its own, and a route on every host of the cluster to each of them. */
import type { LabHost } from "../inventory.ts";
import type { HostFile, HostService } from "./hostServices.ts";
import { CLUSTER_NETWORK, clusterAddress, NODES, podCidrOf } from "./topology.ts";

export const CNI_CONFIGURATION_DIRECTORY = "/etc/cni/net.d";

const UNIT = "lab-pod-network.service";
const SCRIPT = "/usr/local/lib/lab-pod-network.sh";

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
ExecStart=/bin/sh ${SCRIPT}
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
      { path: SCRIPT, content: script(host) },
      ...(NODES.includes(host) ? [cniConfiguration(host)] : []),
    ],
  };
}

function script(host: LabHost): string {
  const routes = NODES.filter((node) => node !== host).map(
    (node) => `ip route replace ${podCidrOf(node)} via ${clusterAddress(node)} dev ${CLUSTER_NETWORK}`,
  );
  return `# Routes to the pods of the other nodes, and what the kernel needs to pass their packets on.
set -eu
echo 1 > /proc/sys/net/ipv4/ip_forward
# Packets between pods of one node must pass kube-proxy's rules too, where this kernel can send them there.
for name in bridge-nf-call-iptables bridge-nf-call-ip6tables; do
  if [ -e "/proc/sys/net/bridge/$name" ]; then echo 1 > "/proc/sys/net/bridge/$name"; fi
done
add_routes() {
  ${routes.join("\n  ")}
}
ip -4 -o monitor address dev ${CLUSTER_NETWORK} | {
  add_routes
  systemd-notify --ready
  # Told of an address that went, it fails; told of the one that comes next, it does not.
  while read -r _; do add_routes || true; done
}
`;
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
