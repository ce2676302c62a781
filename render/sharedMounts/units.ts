/** systemd's units of shared volumes. */

/** A volume at its mount point. */
export interface Mount {
  readonly volume: string;
  readonly unit: string;
  readonly place: string;
  readonly kind: "gluster" | "nfs" | "local";
  readonly what: string;
  /** All servers that can be asked for it, the first of `what` among them; a dash where there is but one. */
  readonly servers: string;
  readonly options: string;
}

const types = { gluster: "glusterfs", nfs: "nfs4", local: "none" } as const;

/**
 * Wanted by nothing, so that no boot waits for a server: `gatebox-shared-mounts` starts it, and so does a service of yours that
 * says `RequiresMountsFor=`. It is ended after 30 s, whatever the server does, and goes before the network does.
 */
export function mountUnit({ volume, place, kind, what, options }: Mount): string {
  const order =
    kind === "local"
      ? ""
      : "Wants=network-online.target\nAfter=network-online.target gatebox-firewall.service glusterd.service\n";
  return `[Unit]
Description=Shared volume ${volume}
${order}StartLimitIntervalSec=0

[Mount]
What=${what}
Where=${place}
Type=${types[kind]}
Options=${options}
TimeoutSec=30
`;
}

export const watchUnit = `[Unit]
Description=Shared volumes that are not mounted, or have lost their server

[Service]
Type=oneshot
ExecStart=/bin/sh /etc/gatebox/shared-mounts/scripts/mount.sh
TimeoutStartSec=120
LogLevelMax=notice
`;

/** Every 5 s, counted from the end of the last try. */
export const mountTimer = `[Unit]
Description=Shared volumes that are not mounted, or have lost their server, looked for every 5 s

[Timer]
OnActiveSec=1s
OnUnitInactiveSec=5s
AccuracySec=1s

[Install]
WantedBy=timers.target
`;
