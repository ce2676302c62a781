/** keepalived as a service of the distribution, the services beside it, and the kernel's settings for virtual IPs. */
import type { Program } from "../assembly.ts";
import { vipsSettledUnit } from "../bootOrder.ts";
import { vipNotes, vipTree } from "./keepalived.ts";

/**
 * `socat` hears adverts, `arping` looks for a stranger with the address, `procps` brings `sysctl`. What asks and watches for years
 * is Perl (`perl-base`, which is essential): it starts no process to do so.
 */
export const keepalived: Program = {
  name: "keepalived",
  packages: ["keepalived", "socat", "iproute2", "iputils-arping", "procps"],
  maskedUntilConfigured: ["keepalived.service"],
};

/** `lifecycle/links`: what systemd and sysctl read, as copies of files of the tree. */
export const vipLinks = `/etc/systemd/system/keepalived.service.d/gatebox.conf systemd/keepalived.conf
/etc/systemd/system/gatebox-vip-watch.service systemd/gatebox-vip-watch.service
/etc/systemd/system/gatebox-vip-health.service systemd/gatebox-vip-health.service
/etc/systemd/system/gatebox-vip-join.service systemd/gatebox-vip-join.service
/etc/systemd/system/${vipsSettledUnit} systemd/${vipsSettledUnit}
/etc/sysctl.d/60-gatebox-vip.conf sysctl/vip.conf
`;

/**
 * `systemd/keepalived.conf`, a drop-in for Debian's `keepalived.service`: our configuration, a start that is refused if
 * it is wrong, addresses that go when keepalived goes (in whatever way), and a start again at once. Without the host's firewall
 * it does not start. What stands from `[Service]` on decides whether it is restarted (see `activate.sh`); a change above that
 * costs nothing. `--dont-respawn` (see `scripts/start`) makes the end of any of its processes the end of all, so that this holds for each of them. systemd
 * deals with the first process only (`KillMode`): waiting for the others, it would let a killed keepalived keep its
 * addresses for seconds where the kernel does not tell it that they have ended (version 1 of control groups).
 */
export function keepalivedDropIn(): string {
  return `# Runs keepalived from ${vipTree}/keepalived
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service
After=nginx.service haproxy.service gatebox-nat.service conntrackd.service
Wants=gatebox-vip-watch.service gatebox-vip-health.service gatebox-vip-join.service ${vipsSettledUnit}
StartLimitIntervalSec=0
ConditionFileNotEmpty=
ConditionFileNotEmpty=${vipTree}/keepalived/keepalived.conf

[Service]
Environment=TMPDIR=${vipNotes}
PIDFile=
ExecStartPre=/bin/sh ${vipTree}/scripts/release
ExecStartPre=/bin/rm -f ${vipNotes}/keepalived.loaded ${vipNotes}/vrrp.pid
ExecStart=
ExecStart=/bin/sh ${vipTree}/scripts/start
ExecReload=
ExecReload=/bin/kill -HUP $MAINPID
ExecStopPost=-/bin/sh ${vipTree}/scripts/release
KillMode=process
NotifyAccess=all
TimeoutStopSec=5
OOMScoreAdjust=-900
Restart=always
RestartSec=200ms
`;
}

/** `systemd/gatebox-vip-watch.service`: see `scripts/watch`. It comes with keepalived and may outlive it. */
export function vipWatchService(): string {
  return service("Gatebox: takes virtual IPs off this host when keepalived no longer works", "/usr/bin/perl", "watch");
}

/** `systemd/gatebox-vip-health.service`: see `scripts/health`. It comes with keepalived. */
export function vipHealthService(): string {
  return service(
    "Gatebox: watches what makes this host useful as the holder of a virtual IP",
    "/usr/bin/perl",
    "health",
  );
}

/** `systemd/gatebox-vip-join.service`: see `scripts/join`. It comes with keepalived, and ends when nothing is held back. */
export function vipJoinService(): string {
  const restless = service(
    "Gatebox: lets this host take part in virtual IPs when their holders tell it of themselves",
    "/bin/sh",
    "join",
  );
  return restless.replace("Restart=always", "Restart=on-failure");
}

/** `systemd/gatebox-vip-settled.service`: see `scripts/settled`. It comes with keepalived, once; who waits for it waits at boot. */
export function vipSettledService(): string {
  return `[Unit]
Description=Gatebox: this host has found out which virtual IPs it holds
After=keepalived.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${vipTree}/scripts/settled
TimeoutStartSec=60
`;
}

// As for keepalived (see `keepalivedDropIn`), systemd waits for the script alone: what it has just called is bounded
// and ends by itself, and where the kernel does not tell systemd of that end, a stop would take a minute and a half.
function service(description: string, interpreter: string, script: string): string {
  return `[Unit]
Description=${description}
StartLimitIntervalSec=0

[Service]
ExecStart=${interpreter} ${vipTree}/scripts/${script}
KillMode=process
TimeoutStopSec=5
Nice=-15
OOMScoreAdjust=-900
Restart=always
RestartSec=200ms
`;
}

/**
 * `sysctl/vip.conf`: programs may listen on a virtual IP before the host holds it, and an address is announced and
 * answered for only on the interface that it belongs to.
 *
 * That programs may do so over IPv6 is needed by keepalived itself, too: version 2.2.7 gives an instance up for good when it
 * cannot bind to its own address ("src address not configured"), and an IPv6 address cannot be bound to while the kernel
 * looks for a namesake, for a second or two (RFC 4862, 5.4), which is when keepalived starts at boot.
 */
export function vipSysctl(): string {
  return `net.ipv4.ip_nonlocal_bind = 1
-net.ipv6.ip_nonlocal_bind = 1
net.ipv4.conf.all.arp_ignore = 1
net.ipv4.conf.all.arp_announce = 2
net.ipv4.conf.all.promote_secondaries = 1
`;
}
