/** HAProxy as a service of the distribution, run from the tree of an assembly. */
import type { Program } from "../assembly.ts";
import { notesOf, treeOf } from "../places.ts";

/** `socat` speaks to HAProxy's command line; `iproute2` brings `ss`. */
export const haproxy: Program = {
  name: "HAProxy",
  packages: ["haproxy", "socat", "iproute2"],
  maskedUntilConfigured: ["haproxy.service"],
};

/** Where systemd reads the drop-in, and its file inside the tree: a line of `lifecycle/links`. */
export const haproxyLink = "/etc/systemd/system/haproxy.service.d/gatebox.conf systemd/haproxy.conf";

/** What runs HAProxy, and what of its assembly comes along. */
export interface HaproxyServiceOptions {
  /** The assembly whose tree HAProxy runs from. */
  readonly assembly: string;
  /** Units that are started with it. @default none */
  readonly wants?: readonly string[];
  /** Of these, those that are started before it. @default none */
  readonly after?: readonly string[];
}

/**
 * `systemd/haproxy.conf`, a drop-in for Debian's `haproxy.service`: our configuration, and a start that is refused
 * before anything stops if the configuration is wrong. The lifecycle scripts reload through the master's command line;
 * `systemctl reload haproxy` does the same without reading the result. Without the host's firewall HAProxy does not start.
 *
 * What stands from `[Service]` on decides whether it is started again (see `serve.sh`); a change above that costs nothing.
 *
 * Told to stop, HAProxy ends at once, so five seconds (as Debian's nginx has them) are plenty. Where the kernel does not
 * tell systemd that a control group is empty (version 1), a killed HAProxy is started again only when they are over. It is back
 * at once, however often it crashes: a host that serves nothing has nothing to lose.
 *
 * `LimitNOFILE` decides how many connections HAProxy takes: about half of it, since each has two ends.
 *
 * @example haproxyDropIn({ assembly: "gateway", wants: ["gatebox-stalled-gateway.service"] })
 */
export function haproxyDropIn({ assembly, wants = [], after = [] }: HaproxyServiceOptions): string {
  const tree = treeOf(assembly);
  const notes = notesOf(assembly);
  const files = `-f ${tree}/haproxy/base.cfg -f ${tree}/haproxy/routes`;
  const others = (key: string, units: readonly string[]): string =>
    units.length > 0 ? `${key}=${units.join(" ")}\n` : "";
  return `# Runs HAProxy from ${tree}/haproxy
[Unit]
${others("Wants", wants)}${others("After", after)}Requires=gatebox-firewall.service
After=gatebox-firewall.service
StartLimitIntervalSec=0

[Service]
LimitNOFILE=65536
RuntimeDirectory=haproxy
RuntimeDirectoryMode=0750
RuntimeDirectoryPreserve=restart
ExecStartPre=
ExecStartPre=/usr/sbin/haproxy -c ${files}
ExecStartPre=/usr/bin/install -D -m 0644 ${tree}/systemd/haproxy.conf ${notes}/haproxy.started-with
ExecStartPre=/bin/rm -f ${notes}/haproxy.loaded
ExecStart=
ExecStart=/usr/sbin/haproxy -Ws -S /run/haproxy-master.sock,mode,600 -p /run/haproxy.pid ${files}
ExecReload=
ExecReload=/usr/sbin/haproxy -c ${files}
ExecReload=/bin/sh -c 'kill -USR2 $MAINPID'
TimeoutStopSec=5
Restart=always
RestartSec=200ms
`;
}
