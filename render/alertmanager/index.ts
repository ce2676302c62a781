/**
 * Alertmanager on the hosts of monitoring: one cluster, of which one member sends each message. Debian's package, 0.25.
 *
 * @see Monitoring
 */
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort } from "../assembly.ts";
import { serverFiles } from "../monitoringServer/index.ts";
import { alertmanagerPath } from "../prometheus/configuration.ts";
import { alertmanagerOf, externalUrl, monitoringOf, ownAddress, peerAddresses } from "../prometheus/place.ts";
import { timingOf } from "../prometheus/timing.ts";
import { endpoint } from "../scalars.ts";
import type { TreeFile } from "../treeFile.ts";
import { alertmanagerConfiguration, alertmanagerName } from "./configuration.ts";

const unit = "prometheus-alertmanager.service";

/** Where Debian's package has it keep what it has sent and what is silenced. */
const storage = "/var/lib/prometheus/alertmanager";

/** Alertmanager on each host of monitoring's pool, where the stack asks for it. */
export const alertmanagerAssembly: Assembly = {
  name: alertmanagerName,
  pools: ({ monitoring }) => (monitoring?.alertmanager === undefined ? [] : [monitoring.pool]),
  programs: [
    {
      name: "Alertmanager",
      // amtool is in the package.
      packages: ["prometheus-alertmanager", "curl", "iproute2", "util-linux"],
      maskedUntilConfigured: [unit],
    },
  ],
  effects: [
    { unit: unit, does: EffectKind.Reload, files: ["alertmanager/"] },
    { unit: unit, does: EffectKind.Restart, files: ["systemd/service.conf"], serviceOf: "systemd/service.conf" },
  ],
  files: alertmanagerFiles,
  ports: alertmanagerPorts,
  metrics: (box) => {
    const { network } = monitoringOf(box);
    return [{ job: "alertmanager", network, port: alertmanagerOf(box).port, path: `${alertmanagerPath}metrics` }];
  },
};

/**
 * The assembly on one host.
 *
 * @throws Error when the box runs no Alertmanager.
 */
export function alertmanagerFiles(box: Box, host: Host): TreeFile[] {
  const { port, gossipPort } = alertmanagerOf(box);
  const peers = peerAddresses(box, host);
  return [
    { path: "alertmanager/alertmanager.yml", mode: "0644", text: alertmanagerConfiguration(box) },
    ...serverFiles({
      assembly: alertmanagerName,
      unit,
      process: "prometheus-aler",
      address: ownAddress(box, host),
      ports: [port, gossipPort],
      path: alertmanagerPath,
      storage,
      command: command(box, host, peers),
      clocks: peers.map((peer) => [`http://${endpoint(peer, port, "Alertmanager")}${alertmanagerPath}-/ready`]),
    }),
  ];
}

function command(box: Box, host: Host, peers: readonly string[]): string[] {
  const { port, gossipPort } = alertmanagerOf(box);
  const { peerTimeout } = timingOf(monitoringOf(box));
  const own = ownAddress(box, host);
  return [
    "/usr/bin/prometheus-alertmanager",
    "--config.file=/etc/gatebox/alertmanager/alertmanager/alertmanager.yml",
    `--storage.path=${storage}`,
    `--web.listen-address=${endpoint(own, port, "Alertmanager")}`,
    `--web.external-url=${externalUrl(box, host, { tool: "alertmanager", port, path: alertmanagerPath })}`,
    `--web.route-prefix=${alertmanagerPath}`,
    `--cluster.listen-address=${endpoint(own, gossipPort, "gossip of Alertmanager")}`,
    `--cluster.advertise-address=${endpoint(own, gossipPort, "gossip of Alertmanager")}`,
    ...peers.map((peer) => `--cluster.peer=${endpoint(peer, gossipPort, "gossip of Alertmanager")}`),
    `--cluster.peer-timeout=${peerTimeout}s`,
  ];
}

/** Open to the servers of monitoring: Prometheus tells of alerts and asks for metrics, Alertmanagers tell each other what is sent. */
function alertmanagerPorts(box: Box, host: Host): OpenPort[] {
  const { port, gossipPort } = alertmanagerOf(box);
  const peers = peerAddresses(box, host);
  const { network } = monitoringOf(box);
  const from = peers.length === 0 ? [ownAddress(box, host)] : peers;
  const gossip = { network, port: gossipPort, from, path: "monitoring.alertmanager.gossipPort" };
  return [
    { network, protocol: "tcp", port, from, purpose: "Alertmanager", path: "monitoring.alertmanager.port" },
    { ...gossip, protocol: "tcp", purpose: "what Alertmanagers have sent" },
    { ...gossip, protocol: "udp", purpose: "what Alertmanagers have sent" },
  ];
}
