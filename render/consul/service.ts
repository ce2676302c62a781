/** How Consul runs: its package's unit, with a drop-in. */
import { afterTraffic } from "../bootOrder.ts";
import { treeOf } from "../places.ts";
import { runPlace } from "./configuration.ts";

/** The package's unit. */
export const consulUnit = "consul.service";

/** `systemd/consul.conf`, a drop-in. */
export function consulDropIn(assembly: string): string {
  const tree = treeOf(assembly);
  return `# Runs it as Gatebox declares, from ${tree}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
${afterTraffic}
ConditionFileNotEmpty=
ConditionFileNotEmpty=${tree}/secrets/agent.json
StartLimitIntervalSec=0

[Service]
# The package's says that it is ready when it has found others; the first server finds none.
Type=exec
EnvironmentFile=
ExecStartPre=+/bin/sh ${tree}/scripts/prepare.sh
ExecStart=
ExecStart=/usr/bin/consul agent -config-dir=${runPlace}
ExecReload=
ExecReload=+/bin/sh ${tree}/scripts/prepare.sh
ExecReload=/bin/kill -HUP $MAINPID
KillMode=control-group
Restart=on-failure
RestartSec=1s
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
`;
}
