/** conntrackd as a service of the distribution, run from the tree of the NAT gateways. */
import type { MetricsSource, Program } from "../assembly.ts";
import { treeOf } from "../places.ts";
import { script } from "../script.ts";
import { conntrackdLock } from "./conf.ts";

/**
 * `netbase` has /etc/protocols, which minimal hosts lack: without it conntrackd knows none of the protocols that its filter
 * names, says so in its log and reports no connection to anybody.
 */
export const conntrackd: Program = {
  name: "conntrackd",
  packages: ["conntrackd", "netbase", "iproute2", "kmod"],
  maskedUntilConfigured: ["conntrackd.service"],
};

/** Where systemd reads the drop-in, and its file inside the tree: a line of `lifecycle/links`. */
export const conntrackdLink = "/etc/systemd/system/conntrackd.service.d/gatebox.conf systemd/conntrackd.conf\n";

/**
 * `systemd/conntrackd.conf`, a drop-in for Debian's `conntrackd.service`. It counts as started two seconds later, when what the
 * others know has been reported to it: keepalived waits for it, so that a host that returns does not take the address back
 * before it knows the connections. What `conntrackd/started` has to complain of stands in the journal, and is no reason to start
 * it again.
 */
export function conntrackdDropIn(): string {
  const tree = treeOf("nat");
  return `# Runs conntrackd from ${tree}/conntrackd
[Unit]
After=gatebox-nat.service
StartLimitIntervalSec=0

[Service]
ExecStartPre=-/sbin/modprobe nf_conntrack_netlink
ExecStartPre=/bin/rm -f ${conntrackdLock}
ExecStart=
ExecStart=/usr/sbin/conntrackd -C ${tree}/conntrackd/conntrackd.conf
ExecStartPost=/bin/sleep 2
ExecStartPost=-${tree}/conntrackd/started
OOMScoreAdjust=-500
Restart=always
RestartSec=200ms
`;
}

/**
 * Scripts that make conntrackd follow the virtual IPs whose holder connections are routed through; their addresses are
 * `holder_addresses` of the tree's `lifecycle/settings`.
 *
 * - `started`, in `conntrackd/`, runs when conntrackd has been started.
 * - `moved` is for `vip-events/<virtual IP on the input side>`: it runs with each new state of that virtual IP.
 */
export function conntrackdScript(name: "started" | "moved"): string {
  return script(import.meta.dirname, `${name}.sh`);
}

/** Whether it is in step with the other gateways, for monitoring. */
export function conntrackdMetrics(): MetricsSource {
  return { name: "conntrackd", script: script(import.meta.dirname, "metrics.pl"), every: 15 };
}
