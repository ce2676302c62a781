/** The rules of a NAT gateway: who leaves with which address, and what may reach the gateway itself. nftables 1.0.6. */
import { podInterfaces } from "../../box/interfaceNames.ts";
import { address, cidr, networkInterface, port } from "../scalars.ts";

/** One egress route: what comes from `input` leaves on `output` as `snatAddress`. */
export interface EgressRoute {
  readonly input: { readonly interface: string; readonly cidr: string };
  readonly output: { readonly interface: string };
  /** An address on the output side: a virtual IP, or the host's own. */
  readonly snatAddress: string;
}

export interface NatOptions {
  readonly egressRoutes: readonly EgressRoute[];
  /** All interfaces of the host on networks of the box. */
  readonly interfaces: readonly string[];
  /** The interface that the operator comes in by, and where sshd listens. SSH is closed on all others. */
  readonly ssh: { readonly interface: string; readonly ports: readonly number[] };
  /** Rules for what is open besides on the host itself; see `openings`. */
  readonly openPorts: readonly string[];
}

/**
 * `nft/nat.nft`: the table `inet gatebox_nat`, replaced in one transaction; tables of others stay as they are. One `inet`
 * table holds for IPv6 as well: nothing there is forwarded, and neighbours may find each other. Ports that are open are so
 * over both.
 *
 * - Forwarded is what a host of an input network begins towards that route's output, and what answers it. Nothing that
 *   begins outside, whatever its address. A network may be the output of one route and the input of the next.
 * - The source address is set, not masqueraded: a virtual IP is the same on the next holder, so connections that it knows
 *   of go on. Source ports are chosen at random, so that nobody outside can foresee them and two hosts that use the same
 *   port do not race for it.
 * - A packet of a connection that is not known (`invalid`: the gateway has just taken over and it is about to be reported)
 *   is dropped, and TCP sends it again. Let through, it would leave with the address of a host inside.
 * - What an open port accepts does not depend on `ct state`, and SSH is dropped where it is closed before connections are
 *   looked at: rules that lock the operator out stall the very session that loads them, and the guard of the host puts the
 *   previous ones back. (In `input`, where a packet is the host's own. Earlier it may be the answer to one that was translated,
 *   from a source port that is that of SSH by chance.)
 * - A gateway may run pods. Between them and the inner networks nothing is in the way; from the outside nothing gets there.
 *   What a node of the cluster needs of the others (kubelet, BGP, VXLAN, IPIP) is closed: where the stack knows that a host
 *   is a node or a kube gateway, it refuses it.
 * - What is refused is counted by reason and logged, for each reason five times a second at most.
 *
 * @throws Error for values that cannot stand in a rule, and for a route whose ends are the same.
 */
export function natRules(options: NatOptions): string {
  const { egressRoutes, ssh } = checked(options);
  const inner = unique(egressRoutes.map(({ input }) => input.interface));
  const outer = options.interfaces.filter((one) => !inner.includes(one));
  const outputs = unique(egressRoutes.map(({ output }) => output.interface));
  const lines = (all: readonly string[]): string => all.map((line) => `        ${line}\n`).join("");
  return `# What this NAT gateway forwards, and what may reach it.
add table inet gatebox_nat
delete table inet gatebox_nat

define networks = ${list(options.interfaces)}
define inner = ${list(inner)}
define outer = ${list(unique([...outer, ...outputs]))}
define ssh_ports = { ${ssh.ports.join(", ")} }

table inet gatebox_nat {
${refusals.map(({ counter, reason }) => `    counter ${counter} { comment "${reason}" }\n`).join("")}
    chain before_tracking {
        type filter hook prerouting priority raw; policy accept;
        iifname != $networks accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
        ip saddr 127.0.0.0/8 jump refuse_forged
        fib saddr . iif oif 0 jump refuse_forged
    }

    chain input {
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
${lines(podInterfaces.map((one) => `iifname "${one}" accept`))}        iifname "${ssh.interface}" tcp dport $ssh_ports accept
        tcp dport $ssh_ports jump refuse_ssh
        ct direction reply ct state established accept
        ct state related accept
        icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept
        icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept
        icmpv6 type { mld-listener-query, mld2-listener-report } ip6 saddr fe80::/10 accept
${lines(options.openPorts)}        jump refuse_input
    }

    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state invalid jump refuse_unknown
        iifname $outer ct direction reply ct state established accept
        iifname != $outer ct state established accept
        ct state related accept
${lines(egressRoutes.map(({ input, output }) => `iifname "${input.interface}" oifname "${output.interface}" ip saddr ${input.cidr} ct direction original ct state { new, established } accept`))}        iifname != $outer iifname $inner oifname $inner ct status dnat accept comment "kube-proxy, for a NodePort of this host"
${lines(podInterfaces.flatMap((one) => [`iifname "${one}" accept`, `iifname != $outer iifname $inner oifname "${one}" accept`]))}        jump refuse_forward
    }

    chain leave {
        type nat hook postrouting priority srcnat; policy accept;
${lines(egressRoutes.map(({ input, output, snatAddress }) => `iifname "${input.interface}" oifname "${output.interface}" ip saddr ${input.cidr} snat ip to ${snatAddress} fully-random`))}    }

${refusals.map(refusal).join("\n")}}
`;
}

interface Refusal {
  readonly chain: string;
  readonly counter: string;
  readonly reason: string;
  /** What a line of the log begins with. */
  readonly prefix: string;
}

const refusals: readonly Refusal[] = [
  {
    chain: "refuse_forged",
    counter: "forged",
    reason: "the way back to the sender leads elsewhere",
    prefix: "forged",
  },
  {
    chain: "refuse_ssh",
    counter: "closed_ssh",
    reason: "SSH where the operator does not come from",
    prefix: "SSH",
  },
  {
    chain: "refuse_unknown",
    counter: "unknown_connection",
    reason: "belongs to no connection known here",
    prefix: "unknown connection",
  },
  {
    chain: "refuse_input",
    counter: "refused_input",
    reason: "to this host, on a port that is not open",
    prefix: "to this host",
  },
  {
    chain: "refuse_forward",
    counter: "refused_forward",
    reason: "to be forwarded, but not from the inside out",
    prefix: "to be forwarded",
  },
];

// A limit of its own for each reason: a flood of one hides no other.
function refusal({ chain, counter, prefix }: Refusal): string {
  return `    chain ${chain} {
        limit rate 5/second burst 10 packets log prefix "gatebox nat, ${prefix}: " flags ip options
        counter name ${counter} drop
    }
`;
}

/** Queries of a switch that passes on to a group only what its members are known to want. */
export function multicastMembership(interfaceName: string): string {
  const link = networkInterface(interfaceName, "interface of conntrackd");
  return `iifname "${link}" ip protocol igmp ip daddr 224.0.0.0/4 accept comment "its group"`;
}

function checked(options: NatOptions): NatOptions {
  if (options.egressRoutes.length === 0) throw new Error("NAT gateway: there is no egress route");
  for (const { input, output, snatAddress } of options.egressRoutes) {
    if (input.interface === output.interface)
      throw new Error(`NAT gateway: ${input.interface} is both the input and the output`);
    cidr(input.cidr, "input network of the NAT gateway");
    address(snatAddress, "snatAddress of the NAT gateway");
  }
  for (const { input, output } of options.egressRoutes)
    for (const one of [input.interface, output.interface])
      if (!options.interfaces.includes(one)) throw new Error(`NAT gateway: ${one} is none of the host's interfaces`);
  for (const one of [...options.interfaces, options.ssh.interface])
    networkInterface(one, "interface of the NAT gateway");
  if (options.ssh.ports.length === 0)
    throw new Error("NAT gateway: ssh.ports is empty; name the port that sshd listens on");
  for (const one of options.ssh.ports) port(one, "NAT gateway");
  return options;
}

function list(interfaces: readonly string[]): string {
  return `{ ${interfaces.map((one) => `"${one}"`).join(", ")} }`;
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
