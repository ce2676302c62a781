/**
 * Connections and requests of the web servers' nginx, for monitoring and for nobody else: Debian's prometheus-nginx-exporter, 0.11,
 * which asks nginx' own status on 127.0.0.1 each time that it is asked itself.
 */
import { webserversOf } from "../../box/sectionOf.ts";
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type MetricsEndpoint, type OpenPort } from "../assembly.ts";
import { monitoringAt } from "../monitoringAt.ts";
import { nginxStatus } from "../nginx/base.ts";
import { endpoint } from "../scalars.ts";
import { serviceFiles } from "../service/index.ts";
import type { TreeFile } from "../treeFile.ts";

const name = "nginx-exporter";
const unit = "prometheus-nginx-exporter.service";

/** The exporter of the web servers, where the box has monitoring. */
export const nginxExporterAssembly: Assembly = {
  name,
  pools: (box) => (box.monitoring === undefined || box.webservers === undefined ? [] : [webserversOf(box).pool]),
  programs: [
    {
      name: "nginx exporter",
      packages: ["prometheus-nginx-exporter", "curl", "iproute2"],
      maskedUntilConfigured: [unit],
    },
  ],
  effects: [
    { unit: unit, does: EffectKind.Restart, files: ["systemd/service.conf"], serviceOf: "systemd/service.conf" },
  ],
  files,
  ports,
  metrics: (box, host) =>
    [{ job: "nginx", network: monitoringAt(box, host).network, port: portOf(box) }] satisfies MetricsEndpoint[],
};

function portOf(box: Box): number {
  if (box.monitoring === undefined) throw new Error("the box has no monitoring");
  return box.monitoring.nginxExporter.port;
}

function files(box: Box, host: Host): TreeFile[] {
  const { address } = monitoringAt(box, host);
  const port = portOf(box);
  const listen = endpoint(address, port, "nginx exporter");
  const status = `http://${nginxStatus.address}:${nginxStatus.port}${nginxStatus.path}`;
  return serviceFiles(name, {
    unit,
    process: "prometheus-ngin",
    address,
    port,
    path: "/metrics",
    service: [
      "ExecStart=",
      // It ends where nginx does not answer at its start; later it says so (nginx_up).
      `ExecStart=/usr/bin/prometheus-nginx-exporter -web.listen-address=${listen} -nginx.scrape-uri=${status} -nginx.timeout=2s`,
    ],
  });
}

function ports(box: Box, host: Host): OpenPort[] {
  const { network, from } = monitoringAt(box, host);
  const path = "monitoring.nginxExporter.port";
  return [{ network, protocol: "tcp", port: portOf(box), from, purpose: "the nginx exporter", path }];
}
