/** The kernel's settings of a NAT gateway. */
import { networkInterface, wholeNumber } from "../scalars.ts";

export interface NatSysctlOptions {
  /** Interfaces on networks of the box. */
  readonly interfaces: readonly string[];
  /** Connections that the kernel tracks at most; its table has at least as many buckets for them. */
  readonly conntrackMax: number;
  /** Whether connections may have to be taken over from another gateway. */
  readonly synced: boolean;
}

/** Seconds that an idle TCP connection is remembered: RFC 5382 asks for at least 2 h 4 min; Linux has five days. */
const idleTcpSeconds = 86_400;

/** The kernel rounds buckets up to whole pages of them, of 8 bytes each; 64 KiB are the largest pages. */
const bucketsAtOnce = 8192;

/** `sysctl/forwarding.conf`: set when the rules stand, and by nobody earlier (so it is not among what a boot reads). */
export const natForwarding = "net.ipv4.ip_forward = 1\n";

/**
 * `sysctl/nat.conf`. Lines with a dash may fail: in a container the size of the table is the host's to set.
 *
 * `rp_filter` is loose (2): on the networks of the box the rules are as strict (`fib saddr . iif`), and count what they drop.
 * Windows of a connection that was taken over are not known exactly (`be_liberal`), and a packet in the middle of a
 * connection never begins one (`loose`): the gateway that has just taken over waits until that is reported to it.
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
