/** What systemd is told about the programs of a host: drop-ins for Debian's units and one unit of our own. */
import { haproxyMasterSocket } from "./haproxy.ts";
import { stalledUnit } from "./stalled.ts";

/** The trees that the programs run from; each is a link to the generation in force. */
export const gatewayTree = "/etc/gatebox/gateway";
export const webserverTree = "/etc/gatebox/webserver";

/**
 * Where the lifecycle scripts note what the running programs were started with and have loaded. It is gone after a
 * boot, which costs one reload and nothing else.
 */
export const gatewayNotes = "/run/gatebox/gateway";
export const webserverNotes = "/run/gatebox/webserver";

// A crashed program is back at once, however often it crashes: a host that serves nothing has nothing to lose.
const startAgain = `Restart=always
RestartSec=200ms`;

/**
 * `systemd/haproxy.conf`, a drop-in for Debian's `haproxy.service`: our configuration, and a start that is refused
 * before anything stops if the configuration is wrong. The lifecycle scripts reload through the master's command line;
 * `systemctl reload haproxy` does the same without reading the result.
 *
 * Told to stop, HAProxy ends at once, so five seconds (as Debian's nginx has them) are plenty. Where the kernel does not
 * tell systemd that a control group is empty (version 1), a killed HAProxy is started again only when they are over.
 *
 * `LimitNOFILE` decides how many connections HAProxy takes: about half of it, since each has two ends.
 */
export function haproxyDropIn(): string {
  const files = `-f ${gatewayTree}/haproxy/base.cfg -f ${gatewayTree}/haproxy/routes`;
  return `# Runs HAProxy from ${gatewayTree}/haproxy
[Unit]
Wants=gatebox-border.service ${stalledUnit("gateway")}
After=gatebox-border.service
StartLimitIntervalSec=0

[Service]
LimitNOFILE=65536
RuntimeDirectory=haproxy
RuntimeDirectoryMode=0750
RuntimeDirectoryPreserve=restart
ExecStartPre=
ExecStartPre=/usr/sbin/haproxy -c ${files}
ExecStartPre=/usr/bin/install -D -m 0644 ${gatewayTree}/systemd/haproxy.conf ${gatewayNotes}/haproxy.started-with
ExecStartPre=/bin/rm -f ${gatewayNotes}/haproxy.loaded
ExecStart=
ExecStart=/usr/sbin/haproxy -Ws -S ${haproxyMasterSocket},mode,600 -p /run/haproxy.pid ${files}
ExecReload=
ExecReload=/usr/sbin/haproxy -c ${files}
ExecReload=/bin/sh -c 'kill -USR2 $MAINPID'
TimeoutStopSec=5
${startAgain}
`;
}

/**
 * `systemd/nginx.conf`, a drop-in for Debian's `nginx.service`. The process file stays where the program has it built
 * in (`/run/nginx.pid`), so that Debian's log rotation finds it.
 */
export function nginxDropIn(): string {
  const conf = `-c ${webserverTree}/nginx/nginx.conf`;
  return `# Runs nginx from ${webserverTree}/nginx
[Unit]
Wants=${stalledUnit("webserver")}
StartLimitIntervalSec=0

[Service]
LimitNOFILE=65536
ExecStartPre=
ExecStartPre=/usr/sbin/nginx -t -q ${conf}
ExecStartPre=/usr/bin/install -D -m 0644 ${webserverTree}/systemd/nginx.conf ${webserverNotes}/nginx.started-with
ExecStartPre=/bin/rm -f ${webserverNotes}/nginx.loaded
ExecStart=
ExecStart=/usr/sbin/nginx ${conf}
ExecReload=
ExecReload=/usr/sbin/nginx ${conf} -s reload
${startAgain}
`;
}

/**
 * `systemd/gatebox-border.service`: the border is up before any interface is, and stays until the kernel goes. It is
 * never restarted to change it (that would open it for a moment) but reloaded, which is one transaction.
 */
export function borderService(): string {
  return `[Unit]
Description=Gatebox border: from the gateway network only declared ports can be reached
DefaultDependencies=no
RequiresMountsFor=/var/lib/gatebox
Wants=network-pre.target
After=nftables.service
Before=network-pre.target haproxy.service

[Service]
Type=oneshot
RemainAfterExit=yes
WorkingDirectory=${gatewayTree}/border
ExecStart=/usr/sbin/nft -f base.nft
ExecReload=/usr/sbin/nft -f base.nft
ExecStop=/usr/sbin/nft delete table inet gatebox_border

[Install]
WantedBy=sysinit.target
`;
}
