/** Prometheus' node exporter: metrics of every configured host, for monitoring and for nobody else. Debian's package, 1.5. */
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort } from "../assembly.ts";
import { monitoringAt, type MonitoringPlace } from "../monitoringAt.ts";
import { hasAssembly } from "../registryOf.ts";
import { endpoint } from "../scalars.ts";
import { serviceFiles } from "../service/index.ts";
import type { TreeFile } from "../treeFile.ts";

const name = "node-exporter";
const unit = "prometheus-node-exporter.service";

/** The exporter of all hosts that have any of the other assemblies. */
export function nodeExporterAssembly(others: readonly Assembly[]): Assembly {
  return {
    name,
    pools: (box) => (box.monitoring === undefined ? [] : [...new Set(others.flatMap(({ pools }) => pools(box)))]),
    only: (box, host) => others.some((other) => hasAssembly(other, box, host)),
    programs: [
      {
        name: "node exporter",
        packages: ["prometheus-node-exporter", "curl", "iproute2"],
        maskedUntilConfigured: [unit],
      },
    ],
    effects: [
      { unit: unit, does: EffectKind.Restart, files: ["systemd/service.conf"], serviceOf: "systemd/service.conf" },
    ],
    files,
    ports,
    metrics: (box, host) => {
      const { network, port } = place(box, host);
      return [{ job: "node", network, port }];
    },
  };
}

/** Where a host is asked: on the first of monitoring's networks that it is on, by monitoring's hosts there. */
function place(box: Box, host: Host): MonitoringPlace & { readonly port: number } {
  if (box.monitoring === undefined) throw new Error("the box has no monitoring");
  return { ...monitoringAt(box, host), port: box.monitoring.nodeExporter.port };
}

function files(box: Box, host: Host): TreeFile[] {
  const { address, port } = place(box, host);
  const listen = endpoint(address, port, "node exporter");
  return serviceFiles(name, {
    unit,
    process: "prometheus-node",
    address,
    port,
    path: "/metrics",
    service: [
      "ExecStart=",
      `ExecStart=/usr/bin/prometheus-node-exporter --web.listen-address=${listen} --collector.textfile.directory=/var/lib/prometheus/node-exporter`,
    ],
  });
}

function ports(box: Box, host: Host): OpenPort[] {
  const { network, port, from } = place(box, host);
  return [{ network, protocol: "tcp", port, from, purpose: "the node exporter", path: "monitoring.nodeExporter.port" }];
}
