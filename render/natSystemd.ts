/** What systemd and the kernel are told about a NAT gateway. */
import { natTree } from "./conntrackd.ts";
import { networkInterface, wholeNumber } from "./scalars.ts";

/**
 * `systemd/gatebox-nat.service`: rules and settings stand before any interface is up, and until the kernel goes. It is
 * never restarted to change them (that would open the gateway for a moment) but reloaded, which is one transaction.
 *
 * It alone makes the host forward, when the rules stand: a host whose rules could not be loaded, or whose unit is stopped,
 * forwards nothing. It comes after those that may have a say in the same things at boot.
 */
export function natService(): string {
  return `[Unit]
Description=Gatebox NAT gateway: leads inner networks out, and lets nothing in that is not open
DefaultDependencies=no
RequiresMountsFor=/var/lib/gatebox
Wants=network-pre.target
After=nftables.service systemd-sysctl.service
Before=network-pre.target keepalived.service

[Service]
Type=oneshot
RemainAfterExit=yes
WorkingDirectory=${natTree}/nft
ExecStartPre=-/sbin/modprobe nf_conntrack
ExecStart=/usr/sbin/nft -f nat.nft
ExecStart=-/sbin/sysctl --quiet --load ${natTree}/sysctl/nat.conf
ExecStart=/sbin/sysctl --quiet --load ${natTree}/sysctl/forwarding.conf
ExecReload=/usr/sbin/nft -f nat.nft
ExecReload=-/sbin/sysctl --quiet --load ${natTree}/sysctl/nat.conf
ExecReload=/sbin/sysctl --quiet --load ${natTree}/sysctl/forwarding.conf
ExecStop=-/sbin/sysctl --quiet net.ipv4.ip_forward=0
ExecStop=/usr/sbin/nft delete table inet gatebox_nat
ExecStopPost=-/sbin/sysctl --quiet net.ipv4.ip_forward=0

[Install]
WantedBy=sysinit.target
`;
}

export interface NatSysctlOptions {
  /** Interfaces on networks of the box. */
  readonly interfaces: readonly string[];
  /** Connections that the kernel tracks at most; its table has at least as many buckets for them. */
  readonly conntrackMax: number;
  /** Whether connections may have to be taken over from another gateway. */
  readonly synced: boolean;
}

/** Seconds that an idle TCP connection is remembered: RFC 5382 asks for at least 2 h 4 min; Linux has five days. */
export const idleTcpSeconds = 86_400;

/** The kernel rounds buckets up to whole pages of them, of 8 bytes each; 64 KiB are the largest pages. */
const bucketsAtOnce = 8192;

/** `sysctl/forwarding.conf`: set when the rules stand, and by nobody earlier (so it is not among what a boot reads). */
export const natForwarding = "net.ipv4.ip_forward = 1\n";

/**
 * `sysctl/nat.conf`. Lines with a dash may fail: in a container the size of the table is the host's to set.
 *
 * `rp_filter` is loose (2): on the networks of the box the rules are as strict (`fib saddr . iif`), and count what they drop.
 * Windows of a connection that was taken over are not known exactly (`be_liberal`), and a packet in the middle of a
 * connection never begins one (`loose`): the gateway that has just taken over waits until it is told of it.
 */
export function natSysctl(options: NatSysctlOptions): string {
  const most = wholeNumber(options.conntrackMax, 1024, "conntrackMax");
  const perInterface = options.interfaces
    .map((one) => networkInterface(one, "interface of the NAT gateway"))
    .map((one) => `-net/ipv4/conf/${one}/send_redirects = 0\n-net/ipv4/conf/${one}/accept_redirects = 0\n`)
    .join("");
  return `net.ipv4.conf.all.rp_filter = 2
net.ipv4.conf.default.rp_filter = 2
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
${perInterface}-net.netfilter.nf_conntrack_buckets = ${Math.ceil(most / bucketsAtOnce) * bucketsAtOnce}
-net.netfilter.nf_conntrack_max = ${most}
net.netfilter.nf_conntrack_tcp_timeout_established = ${idleTcpSeconds}
${options.synced ? "net.netfilter.nf_conntrack_tcp_be_liberal = 1\nnet.netfilter.nf_conntrack_tcp_loose = 0\n" : ""}`;
}
