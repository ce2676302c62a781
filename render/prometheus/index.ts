/**
 * Prometheus on the hosts of monitoring: each asks all programs of the box, and tells all Alertmanagers. Debian's package, 2.42.
 *
 * @see Monitoring
 */
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort, type Registry } from "../assembly.ts";
import { askingAddresses } from "../grafana/place.ts";
import { serverFiles } from "../monitoringServer/index.ts";
import { endpoint } from "../scalars.ts";
import type { TreeFile } from "../treeFile.ts";
import { prometheusConfiguration, prometheusName, prometheusPath } from "./configuration.ts";
import { externalUrl, monitoringOf, ownAddress, peerAddresses, prometheusOf } from "./place.ts";
import { rulesOf } from "./rules.ts";
import { jobsOf, targetsFile, targetsOf } from "./targets.ts";
import { timingOf } from "./timing.ts";

const unit = "prometheus.service";

/** Prometheus on each host of monitoring's pool, where the stack asks for it. */
export const prometheusAssembly: Assembly = {
  name: prometheusName,
  pools: ({ monitoring }) => (monitoring?.prometheus === undefined ? [] : [monitoring.pool]),
  programs: [
    {
      name: "Prometheus",
      // promtool is in the package; findmnt and runuser are of util-linux.
      packages: ["prometheus", "curl", "iproute2", "util-linux"],
      maskedUntilConfigured: [unit],
    },
  ],
  effects: [
    { unit: unit, does: EffectKind.Reload, files: ["prometheus/"] },
    {
      unit: unit,
      does: EffectKind.Restart,
      files: ["systemd/service.conf"],
      serviceOf: "systemd/service.conf",
      noticed: "this server has no samples of some seconds",
    },
  ],
  files: prometheusFiles,
  ports: prometheusPorts,
  metrics: (box) => {
    const { network } = monitoringOf(box);
    return [{ job: "prometheus", network, port: prometheusOf(box).port, path: `${prometheusPath}metrics` }];
  },
};

/**
 * The assembly on one host.
 *
 * @throws Error when the box runs no Prometheus.
 */
export function prometheusFiles(box: Box, host: Host, registry: Registry): TreeFile[] {
  const { port, storage } = prometheusOf(box);
  const address = ownAddress(box, host);
  const targets = targetsOf(box, host, registry);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("prometheus/prometheus.yml", prometheusConfiguration(box, host, targets)),
    ...rulesOf(box),
    ...jobsOf(targets).map((job) =>
      text(`targets/${job}.json`, targetsFile(targets.filter((target) => target.job === job))),
    ),
    ...serverFiles({
      assembly: prometheusName,
      unit,
      process: "prometheus",
      address,
      ports: [port],
      path: prometheusPath,
      storage,
      command: command(box, host),
      clocks: peerAddresses(box, host).map((peer) => [
        `http://${endpoint(peer, port, "Prometheus")}${prometheusPath}-/ready`,
      ]),
    }),
  ];
}

/** Its page can stop it, or delete samples, only where flags say so: none does. */
function command(box: Box, host: Host): string[] {
  const { port, storage, retention } = prometheusOf(box);
  const { resend } = timingOf(monitoringOf(box));
  return [
    "/usr/bin/prometheus",
    "--config.file=/etc/gatebox/prometheus/prometheus/prometheus.yml",
    `--web.listen-address=${endpoint(ownAddress(box, host), port, "Prometheus")}`,
    `--web.external-url=${externalUrl(box, host, { tool: "prometheus", port, path: prometheusPath })}`,
    `--web.route-prefix=${prometheusPath}`,
    `--storage.tsdb.path=${storage}`,
    `--storage.tsdb.retention.time=${retention.time}`,
    `--storage.tsdb.retention.size=${retention.size}`,
    `--rules.alert.resend-delay=${resend}s`,
  ];
}

/** Open to the servers of monitoring, of which each asks the other as well, and to Grafana. */
function prometheusPorts(box: Box, host: Host): OpenPort[] {
  const { network } = monitoringOf(box);
  const own = ownAddress(box, host);
  const asking = askingAddresses(box).filter((one) => one !== own);
  const from = [...new Set([...peerAddresses(box, host), ...asking])];
  const { port } = prometheusOf(box);
  // Alone it is asked by nobody but itself.
  const asked = from.length === 0 ? [own] : from;
  return [{ network, protocol: "tcp", port, from: asked, purpose: "Prometheus", path: "monitoring.prometheus.port" }];
}
