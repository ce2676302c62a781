/** What systemd reads: how the registry runs, and when what nobody uses is removed. */
import { afterTraffic, behindTraffic } from "../bootOrder.ts";
import type { ContainerRegistry } from "../../box/model.ts";
import { treeOf } from "../places.ts";
import { dockerRegistry } from "./configuration.ts";

/** Debian's unit. */
export const registryUnit = "docker-registry.service";
/** The units of the garbage collection. */
export const collectionUnits = ["gatebox-registry-gc.service", "gatebox-registry-gc.timer"] as const;

/** `systemd/docker-registry.conf`, a drop-in. */
export function registryDropIn({ storage }: ContainerRegistry): string {
  const tree = treeOf(dockerRegistry);
  // A shared volume that comes late is waited for by trying again, see `mounted.sh`.
  const order = storage.shared ? "After=remote-fs.target" : `RequiresMountsFor=${storage.directory}`;
  const mounted = storage.shared ? `ExecStartPre=+/bin/sh ${tree}/scripts/mounted.sh\n` : "";
  return `# Runs it as Gatebox declares, from ${tree}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
${afterTraffic}
${order}
StartLimitIntervalSec=0

[Service]
Environment=REGISTRY_CONFIGURATION_PATH=${tree}/registry/config.yml
EnvironmentFile=-${tree}/auth/environment
EnvironmentFile=-/run/gatebox-registry-gc.environment
RuntimeDirectory=docker-registry
RuntimeDirectoryPreserve=yes
${mounted}ExecStartPre=+/bin/sh ${tree}/scripts/users.sh
ExecStart=
ExecStart=/usr/bin/docker-registry serve
TimeoutStopSec=90s
${behindTraffic}
Restart=always
RestartSec=1s
LimitNOFILE=65536
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
`;
}

/** `systemd/gatebox-registry-gc.service`. */
export function collectionService(): string {
  return `[Unit]
Description=Gatebox: remove what no image of the registry uses
After=${registryUnit}

[Service]
Type=oneshot
ExecStart=/bin/sh ${treeOf(dockerRegistry)}/scripts/collect.sh
TimeoutStartSec=6h
Nice=10
IOSchedulingClass=idle
`;
}

/** `systemd/gatebox-registry-gc.timer`. */
export function collectionTimer({ garbageCollection }: ContainerRegistry): string {
  return `[Unit]
Description=Gatebox: when to remove what no image of the registry uses

[Timer]
OnCalendar=${garbageCollection.schedule}
AccuracySec=1s

[Install]
WantedBy=timers.target
`;
}
