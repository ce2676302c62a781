/** The rules of a NAT gateway: who is led out, under which address, and what may reach the gateway itself. nftables 1.0.6. */
import type { Protocol } from "../box/model.ts";
import { podInterfaces } from "../box/interfaceNames.ts";
import { nodeExporterPort } from "../box/ports.ts";
import { address, cidr, familyOf, networkInterface, port } from "./scalars.ts";

/**
 * conntrackd's own port, and the group that it speaks to where there are more than two gateways. A switch that listens in on
 * IGMP passes on only what goes to a group that it is told of when it asks.
 */
export const syncPort = 3780;
export const syncGroup = "225.0.0.50";

/** One way out: what comes from `input` leaves on `output` as `source`. */
export interface NatWay {
  readonly input: { readonly interface: string; readonly cidr: string };
  readonly output: { readonly interface: string };
  /** An address on the output side: a virtual IP, or the host's own. */
  readonly source: string;
}

export interface NatOptions {
  readonly ways: readonly NatWay[];
  /** All interfaces of the host on networks of the box. */
  readonly interfaces: readonly string[];
  /** The interface that the operator comes in by, and where sshd listens. SSH is closed on all others. */
  readonly ssh: { readonly interface: string; readonly ports: readonly number[] };
  /** Ports of the host itself that are open besides. */
  readonly openPorts: readonly { readonly interface: string; readonly protocol: Protocol; readonly port: number }[];
  /** Who speaks VRRP to this host: addresses or networks by interface, all of one family in an entry. */
  readonly vrrpPeers: readonly { readonly interface: string; readonly addresses: readonly string[] }[];
  /** Who tells this host of connections (conntrackd). */
  readonly syncPeers?: { readonly interface: string; readonly addresses: readonly string[] };
}

/**
 * `nft/nat.nft`: the table `inet gatebox_nat`, replaced in one transaction; tables of others stay as they are. One `inet`
 * table holds for IPv6 as well: nothing there is forwarded, and neighbours may find each other. Ports that are open are so
 * over both.
 *
 * - Forwarded is what a host of an input network begins towards that way's output, and what answers it. Nothing that
 *   begins outside, whatever its address. A network may be the output of one way and the input of the next.
 * - The source address is set, not masqueraded: a virtual IP is the same on the next holder, so connections that it knows
 *   of go on. Source ports are chosen at random, so that nobody outside can foresee them and two hosts that use the same
 *   port do not race for it.
 * - A packet of a connection that is not known (`invalid`: the gateway has just taken over and is about to be told of it)
 *   is dropped, and TCP sends it again. Let through, it would leave with the address of a host inside.
 * - What an open port accepts does not depend on `ct state`, and SSH is dropped where it is closed before connections are
 *   looked at: rules that lock the operator out stall the very session that loads them, and the guard of the host puts the
 *   former back. (In `input`, where a packet is the host's own. Earlier it may be the answer to one that was led out, from a
 *   source port that is that of SSH by chance.)
 * - A gateway may run pods. Between them and the inner networks nothing is in the way; from the outside nothing gets there.
 *   What a node of the cluster needs of the others (kubelet, BGP, VXLAN, IPIP) is closed: where the stack knows that a host
 *   is a node or a kube gateway, it refuses it.
 * - What is refused is counted by reason and logged, for each reason five times a second at most.
 *
 * @throws Error for values that cannot stand in a rule, and for a way whose ends are the same.
 */
export function natRules(options: NatOptions): string {
  const { ways, ssh } = checked(options);
  const inner = unique(ways.map((way) => way.input.interface));
  const outer = options.interfaces.filter((one) => !inner.includes(one));
  const outputs = unique(ways.map((way) => way.output.interface));
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
${lines(fromPeers(options))}        iifname $inner tcp dport ${nodeExporterPort} accept comment "node exporter"
${lines(options.openPorts.map(opening))}        jump refuse_input
    }

    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state invalid jump refuse_unknown
        iifname $outer ct direction reply ct state established accept
        iifname != $outer ct state established accept
        ct state related accept
${lines(ways.map(({ input, output }) => `iifname "${input.interface}" oifname "${output.interface}" ip saddr ${input.cidr} ct direction original ct state { new, established } accept`))}        iifname != $outer iifname $inner oifname $inner ct status dnat accept comment "kube-proxy, for a NodePort of this host"
${lines(podInterfaces.flatMap((one) => [`iifname "${one}" accept`, `iifname != $outer iifname $inner oifname "${one}" accept`]))}        jump refuse_forward
    }

    chain leave {
        type nat hook postrouting priority srcnat; policy accept;
${lines(ways.map(({ input, output, source }) => `iifname "${input.interface}" oifname "${output.interface}" ip saddr ${input.cidr} snat ip to ${source} fully-random`))}    }

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

const vrrp4 = 'ip ttl 255 ip protocol 112 accept comment "VRRP"';

function vrrp6(peers: NatOptions["vrrpPeers"][number]): string {
  const from = `iifname "${peers.interface}" ip6 saddr { ${peers.addresses.join(", ")} }`;
  return `${from} ip6 hoplimit 255 meta l4proto 112 accept comment "VRRP over IPv6"`;
}

function isIpv6(one: string): boolean {
  return familyOf(one.replace(/\/\d+$/, ""), "peer of the NAT gateway") === 6;
}

function fromPeers({ vrrpPeers, syncPeers }: NatOptions): string[] {
  const from = (peers: { interface: string; addresses: readonly string[] }): string =>
    `iifname "${peers.interface}" ip saddr { ${peers.addresses.join(", ")} }`;
  const vrrp = vrrpPeers
    .filter((peers) => peers.addresses.length > 0)
    .map((peers) => (peers.addresses.every(isIpv6) ? vrrp6(peers) : `${from(peers)} ${vrrp4}`));
  const sync =
    syncPeers && syncPeers.addresses.length > 0
      ? [
          `${from(syncPeers)} udp dport ${syncPort} accept comment "conntrackd"`,
          ...(syncPeers.addresses.length > 1
            ? [`iifname "${syncPeers.interface}" ip protocol igmp ip daddr 224.0.0.0/4 accept comment "its group"`]
            : []),
        ]
      : [];
  return [...vrrp, ...sync];
}

function opening(one: NatOptions["openPorts"][number]): string {
  return `iifname "${one.interface}" ${one.protocol} dport ${one.port} accept comment "declared"`;
}

function checked(options: NatOptions): NatOptions {
  if (options.ways.length === 0) throw new Error("NAT gateway: there is no way out");
  for (const { input, output, source } of options.ways) {
    if (input.interface === output.interface)
      throw new Error(`NAT gateway: ${input.interface} is both the input and the output`);
    cidr(input.cidr, "input network of the NAT gateway");
    address(source, "source of the NAT gateway");
  }
  for (const { input, output } of options.ways)
    for (const one of [input.interface, output.interface])
      if (!options.interfaces.includes(one)) throw new Error(`NAT gateway: ${one} is none of the host's interfaces`);
  const named = [
    ...options.interfaces,
    options.ssh.interface,
    ...options.openPorts.map((one) => one.interface),
    ...options.vrrpPeers.map((one) => one.interface),
    ...(options.syncPeers ? [options.syncPeers.interface] : []),
  ];
  for (const one of named) networkInterface(one, "interface of the NAT gateway");
  for (const { addresses } of options.vrrpPeers)
    if (addresses.some(isIpv6) && !addresses.every(isIpv6))
      throw new Error(`NAT gateway: peers ${addresses.join(", ")} are of different families; make two entries`);
  for (const one of options.syncPeers?.addresses ?? []) address(one, "peer of the NAT gateway");
  if (options.ssh.ports.length === 0)
    throw new Error("NAT gateway: ssh.ports is empty; name the port that sshd listens on");
  for (const one of [...options.ssh.ports, ...options.openPorts.map((each) => each.port)]) port(one, "NAT gateway");
  return options;
}

function list(interfaces: readonly string[]): string {
  return `{ ${interfaces.map((one) => `"${one}"`).join(", ")} }`;
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
