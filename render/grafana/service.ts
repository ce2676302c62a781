/** How systemd runs Grafana: the vendor's unit, with what Gatebox says of it. */
import { afterTraffic, behindTraffic } from "../bootOrder.ts";
import { treeOf } from "../places.ts";
import { grafanaData } from "./configuration.ts";
import { grafanaName } from "./place.ts";

/** The unit of the vendor's package. */
export const grafanaUnit = "grafana-server.service";

/** Where the package has its program, and what belongs to it. */
export const grafanaHome = "/usr/share/grafana";

/** `systemd/service.conf`. */
export function grafanaDropIn(): string {
  const tree = treeOf(grafanaName);
  return `# Runs it as Gatebox declares, from ${tree}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target prometheus.service
${afterTraffic}
RequiresMountsFor=${grafanaData}
StartLimitIntervalSec=0

[Service]
ExecStartPre=+/bin/sh ${tree}/scripts/prepare.sh
ExecStart=
ExecStart=${grafanaHome}/bin/grafana server --homepath=${grafanaHome} --config=${tree}/grafana/grafana.ini --packaging=deb
WorkingDirectory=${grafanaHome}
UMask=0027
TimeoutStopSec=30s
${behindTraffic}
Restart=always
RestartSec=1s
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
`;
}
