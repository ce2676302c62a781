/** The load balancer of the API as a service of its own, beside which the distribution's HAProxy may run. */
import type { Program } from "../assembly.ts";
import { notesOf, treeOf } from "../places.ts";

/** The assembly's name on hosts. */
export const controlPlaneName = "control-plane";

/** `openssl` looks at the certificates of API servers. */
export const controlPlaneHaproxy: Program = {
  name: "HAProxy in front of the Kubernetes API",
  packages: ["haproxy", "iproute2", "openssl", "socat"],
  maskedUntilConfigured: ["haproxy.service"],
};

/**
 * The name of its processes: they are started by a link of that name. Who watches the processes of a gateway's HAProxy on the
 * same host does not take these for it.
 */
export const controlPlaneProcess = "kube_api_proxy";

const tree = treeOf(controlPlaneName);
const notes = notesOf(controlPlaneName);

/** The service's unit. What stands from `[Service]` on decides whether it is started again; see haproxy/serve.sh. */
export const controlPlaneUnit = "gatebox-control-plane.service";

/** The unit of `scripts/sessions`. */
export const sessionsUnit = "gatebox-control-plane-sessions.service";

/**
 * `systemd/gatebox-control-plane.service`. It stands before keepalived asks for it, and does not start on a host whose firewall
 * does not stand. See `haproxyDropIn` for the rest, which is a gateway's too.
 */
export function controlPlaneService(): string {
  const program = `${notes}/${controlPlaneProcess}`;
  const files = `-f ${tree}/haproxy/base.cfg -f ${tree}/haproxy/routes`;
  return `[Unit]
Description=Gatebox: the load balancer of the Kubernetes API
Wants=${sessionsUnit} network-online.target
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
Before=keepalived.service
StartLimitIntervalSec=0

[Service]
Type=notify
LimitNOFILE=65536
ExecStartPre=/usr/sbin/haproxy -c -q ${files}
ExecStartPre=/usr/bin/install -D -m 0644 ${tree}/systemd/${controlPlaneUnit} ${notes}/haproxy.started-with
ExecStartPre=/bin/ln -sfn /usr/sbin/haproxy ${program}
ExecStartPre=/bin/rm -f ${notes}/haproxy.loaded
ExecStartPre=/bin/sh -c 'echo 1 >${notes}/servers.state'
ExecStart=${program} -Ws -S ${notes}/master.sock,mode,600 -p ${notes}/haproxy.pid ${files}
ExecReload=/usr/sbin/haproxy -c -q ${files}
ExecReload=-/bin/sh ${tree}/scripts/keep-states
ExecReload=/bin/sh -c 'kill -USR2 $MAINPID'
KillMode=mixed
SuccessExitStatus=143
TimeoutStopSec=5
OOMScoreAdjust=-900
Restart=always
RestartSec=200ms

[Install]
WantedBy=multi-user.target
`;
}

/** `systemd/gatebox-control-plane-sessions.service`: see `sessions.pl`. It comes with the load balancer. */
export function sessionsService(): string {
  return `[Unit]
Description=Gatebox: ends sessions with API servers that are not up
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/perl ${tree}/scripts/sessions
KillMode=process
TimeoutStopSec=5
Restart=always
RestartSec=200ms
`;
}
