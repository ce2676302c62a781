/** glusterd's own configuration, and the units that run it. */
import { brickPorts, clockPort, managementPort } from "./ports.ts";

const tree = "/etc/gatebox/gluster";

/**
 * `mgmt/glusterd`. Peers that vanish without a word are noticed by TCP's keepalive within some 16 s, so that commands do not
 * wait for them.
 */
export const managementVolume = `volume management
    type mgmt/glusterd
    option working-directory /var/lib/glusterd
    option transport-type socket
    option transport.socket.listen-port ${managementPort}
    option transport.socket.keepalive-time 10
    option transport.socket.keepalive-interval 2
    option transport.socket.keepalive-count 3
    option transport.socket.read-fail-log off
    option ping-timeout 0
    option event-threads 1
    option base-port ${brickPorts.first}
    option max-port ${brickPorts.last}
end-volume
`;

/**
 * What glusterd and what it starts know of names: none but their own host's. A server that another one asks to join looks up whose
 * address that is, and from then on knows the other by the name that it was told: it would find it at another of its addresses,
 * where GlusterFS' ports are closed, or nowhere while the name servers are dead. So servers are known by address alone.
 */
export const knownNames = {
  "names/hosts": "127.0.0.1 localhost\n",
  "names/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
} as const;

/**
 * In place of the distribution's unit, which stops all bricks with glusterd (KillMode=control-group) and comes before the
 * network is there.
 */
export const glusterdUnit = `[Unit]
Description=GlusterFS' management, as Gatebox declares
Documentation=man:glusterd(8)
Requires=gatebox-firewall.service
Wants=network-online.target gatebox-bricks.service
After=gatebox-firewall.service network-online.target gatebox-bricks.service
StartLimitIntervalSec=0

[Service]
Type=forking
PIDFile=/run/glusterd.pid
LimitNOFILE=65536
BindReadOnlyPaths=${tree}/names/hosts:/etc/hosts ${tree}/names/nsswitch.conf:/etc/nsswitch.conf
ExecStart=/usr/sbin/glusterd --volfile=${tree}/glusterd.vol --pid-file=/run/glusterd.pid --log-level=INFO
KillMode=process
TimeoutSec=60
SuccessExitStatus=15
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
`;

/** A brick whose file system is not there does not start, and the rest of the boot goes on. */
export const bricksUnit = `[Unit]
Description=File systems of GlusterFS' bricks
After=local-fs.target
Before=glusterd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${tree}/scripts/mount-bricks.sh
TimeoutStartSec=60

[Install]
WantedBy=multi-user.target
`;

export const metricsUnit = `[Unit]
Description=State of GlusterFS' volumes for Prometheus
After=glusterd.service

[Service]
Type=oneshot
ExecStart=/bin/sh ${tree}/scripts/metrics.sh
ExecStart=-/bin/sh ${tree}/scripts/healed.sh
TimeoutStartSec=90
LogLevelMax=notice
`;

export const metricsTimer = `[Unit]
Description=State of GlusterFS' volumes for Prometheus, every minute

[Timer]
OnActiveSec=10s
OnUnitInactiveSec=60s
AccuracySec=5s

[Install]
WantedBy=timers.target
`;

/**
 * Tells the servers of the trusted pool what time it is here: an answer a connection, in milliseconds. Without systemd's own
 * dependencies, by which sockets come before every service, and so before the firewall.
 */
export const clockSocket = `[Unit]
Description=The clock of this server of GlusterFS, for the others
DefaultDependencies=no
Requires=gatebox-firewall.service
After=gatebox-firewall.service
Conflicts=shutdown.target
Before=shutdown.target

[Socket]
ListenStream=${clockPort}
Accept=yes
MaxConnections=16

[Install]
WantedBy=multi-user.target
`;

/** One answer. */
export const clockService = `[Unit]
Description=The time, for a server of GlusterFS
CollectMode=inactive-or-failed

[Service]
ExecStart=/bin/date +%%s%%3N
StandardOutput=socket
RuntimeMaxSec=5
LogLevelMax=notice
`;
