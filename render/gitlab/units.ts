/** What systemd reads: how GitLab waits for its data, and when backups are made. */
import { afterTraffic, behindTraffic } from "../bootOrder.ts";
import type { GitLab } from "../../box/model.ts";
import { treeOf } from "../places.ts";
import { gitlabAssemblyName } from "./places.ts";

/** The package's unit, over all its programs. */
export const gitlabUnit = "gitlab-runsvdir.service";
/** The units of the backup. */
export const backupUnits = ["gatebox-gitlab-backup.service", "gatebox-gitlab-backup.timer"] as const;

/**
 * `systemd/gitlab-runsvdir.conf`, a drop-in. GitLab comes after the file system of its data, and goes before it. A shared volume that
 * comes late is waited for by trying again, see `mounted.sh`: what systemd calls required is given up for good where it fails once,
 * as a volume does whose servers boot more slowly.
 */
export function gitlabDropIn({ data, mountPoint }: GitLab): string {
  const tree = treeOf(gitlabAssemblyName);
  const order =
    mountPoint === undefined
      ? `RequiresMountsFor=${data}`
      : `Wants=${mountOf(mountPoint)}\nAfter=${mountOf(mountPoint)}`;
  return `# Runs it as Gatebox declares, from ${tree}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
${afterTraffic}
${order}
StartLimitIntervalSec=0

[Service]
ExecStartPre=/bin/sh ${tree}/scripts/mounted.sh
${behindTraffic}
Restart=always
RestartSec=5s
`;
}

/** systemd's name for a mount point: slashes are dashes, and dashes of its own there are none. */
function mountOf(place: string): string {
  return `${place.slice(1).replaceAll("/", "-")}.mount`;
}

/** `systemd/gatebox-gitlab-backup.service`. */
export function backupService(): string {
  return `[Unit]
Description=Gatebox: back GitLab up, data and configuration
After=${gitlabUnit}

[Service]
Type=oneshot
ExecStart=/bin/sh ${treeOf(gitlabAssemblyName)}/scripts/backup.sh
TimeoutStartSec=12h
Nice=10
IOSchedulingClass=idle
`;
}

/** `systemd/gatebox-gitlab-backup.timer`. One that a host has slept through is made when it is back. */
export function backupTimer({ backup }: GitLab): string {
  return `[Unit]
Description=Gatebox: when to back GitLab up

[Timer]
OnCalendar=${backup.schedule}
AccuracySec=1min
Persistent=true

[Install]
WantedBy=timers.target
`;
}
