/** The rules of a host: closed, but for what is declared. Text for nftables 1.0.6. */
import { cidr, networkInterface, prefix6 } from "../scalars.ts";
import { newConnectionSets } from "./openPortRules.ts";
import { operatorRules, type OperatorAccess } from "./operatorAccess.ts";
import { podInterfaces } from "./podInterfaces.ts";
import { refusal, refusals } from "./refusals.ts";
import { pastTracking, type Served } from "./untracked.ts";

export interface FirewallOptions {
  /** Interfaces of the host on networks of the box. */
  readonly interfaces: readonly string[];
  readonly operator: OperatorAccess;
  /** All networks of the box, whether the host is on them or not: no pod has such an address. */
  readonly cidrs: readonly string[];
  readonly prefixes6: readonly string[];
  /** Rules that open ports; see `openPortRules`. */
  readonly openPorts: readonly string[];
  /** What the host serves past connection tracking. @default nothing */
  readonly untracked?: readonly Served[];
  /** Interfaces from which packets are forwarded that begin there. */
  readonly forwardsFrom: readonly string[];
}

// After the tables of others at `filter`, the border's and the NAT gateways' among them, which count what they refuse.
const priority = "filter + 10";

const essentials = [
  "icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept",
  "icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept",
  "icmpv6 type { mld-listener-query, mld2-listener-report } ip6 saddr fe80::/10 accept",
  'udp sport 67 udp dport 68 accept comment "DHCP: an address that is lent is renewed"',
  'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept comment "DHCPv6, whose answers are to no known question"',
];

const neighbours = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept";

const answers = ["ct direction reply ct state established accept", "ct state related accept"];

/**
 * `nft/firewall.nft`: the table `inet gatebox_firewall`, replaced in one transaction; tables of others stay as they are, and
 * an `accept` here overrules no `drop` there.
 *
 * - Rules accept by the name of an interface, so one that is not listed is closed: a second NIC, a VLAN on the same wire,
 *   what appears later.
 * - Pods are let in by what they are (see `podInterfaces.ts`).
 * - What an open port accepts does not depend on `ct state`, and SSH is dropped where it is closed before connections are
 *   looked at: rules that lock the operator out stall the very session that loads them, and the guard of the host goes back.
 * - What a host serves for itself goes past connection tracking, where the stack knows it: see `untracked.ts`.
 * - A host without any rules so far knows no connection. Packets that answer its own are let through to the socket that
 *   they are for, and never begin one.
 * - `gatebox_closed` goes in the same transaction, in the last lines: a file that was cut short leaves the host closed.
 *
 * @throws Error for values that cannot stand in a rule.
 */
export function firewallRules(options: FirewallOptions): string {
  const networks = quoted(options.interfaces);
  return `# What this host lets in and forwards. Everything else is closed.
add table inet gatebox_firewall
delete table inet gatebox_firewall

define networks = ${networks}

table inet gatebox_firewall {
${refusals.map(({ counter, reason }) => `    counter ${counter} { comment "${reason}" }\n`).join("")}
${boxNetworks(options)}
${newConnectionSets}
${pastTracking(options.untracked ?? [])}
    chain input {
        type filter hook input priority ${priority}; policy drop;
        iifname "lo" accept
        jump from_pods
${lines([
  ...operatorRules(options.operator),
  `tcp dport { ${options.operator.ports.join(", ")} } jump refuse_ssh`,
  neighbours,
  'iifname $networks ip protocol igmp accept comment "membership queries, which multicast VRRP needs"',
  "iifname $networks fib saddr . iif oif 0 jump refuse_forged",
  ...answers,
  "ip daddr 127.0.0.0/8 jump refuse_forged",
  ...essentials,
  ...options.openPorts,
  'tcp dport 32768-60999 tcp flags & (syn | ack) == ack socket wildcard 0 accept comment "answers to what was begun before these rules"',
  "jump refuse_input",
])}    }

    chain forward {
        type filter hook forward priority ${priority}; policy drop;
        iifname $networks fib saddr . iif oif 0 jump refuse_forged
        jump from_pods
${lines([
  ...answers,
  ...(options.forwardsFrom.length > 0 ? [`iifname ${quoted(options.forwardsFrom)} accept`] : []),
  "jump refuse_forward",
])}    }

    # Not by the name alone: what carries an address of the box is no pod, nor what its sender is not reached by.
    chain from_pods {
        iifname $networks return
        ip saddr @box_networks return
${options.prefixes6.length > 0 ? "        ip6 saddr @box_prefixes return\n" : ""}        fib saddr . iif oif 0 return
${lines(podInterfaces.map(({ name, kind }) => `iifname "${name}" meta iifkind "${kind}" accept`))}    }

${refusals.map(refusal).join("\n")}}

add table inet gatebox_closed
delete table inet gatebox_closed
`;
}

/**
 * `nft/closed.nft`: what a host begins to boot with, and what it is left with where the rules cannot be loaded. The operator
 * comes in, the host may ask, and nothing else.
 */
export function closedRules(operator: OperatorAccess): string {
  return `# This host is closed, but for the operator: its firewall is not loaded (yet).
add table inet gatebox_closed
delete table inet gatebox_closed

table inet gatebox_closed {
    chain input {
        type filter hook input priority ${priority}; policy drop;
${lines(['iifname "lo" accept', ...operatorRules(operator), neighbours, ...answers, ...essentials])}    }

    chain forward {
        type filter hook forward priority ${priority}; policy drop;
    }
}
`;
}

function boxNetworks({ cidrs, prefixes6 }: FirewallOptions): string {
  const set = (named: string, type: string, elements: readonly string[]): string => `    set ${named} {
        type ${type}
        flags interval
        auto-merge
        elements = { ${elements.join(", ")} }
    }
`;
  const networks = cidrs.map((one) => cidr(one, "network of the box"));
  const prefixes = prefixes6.map((one) => prefix6(one, "IPv6 prefix of the box"));
  return [
    set("box_networks", "ipv4_addr", ["127.0.0.0/8", ...networks]),
    ...(prefixes.length > 0 ? [set("box_prefixes", "ipv6_addr", ["::1/128", ...prefixes])] : []),
  ].join("\n");
}

function quoted(interfaces: readonly string[]): string {
  if (interfaces.length === 0) throw new Error("firewall: a host without any interface");
  const names = [...new Set(interfaces)].map((one) => `"${networkInterface(one, "interface of the firewall")}"`);
  return `{ ${names.join(", ")} }`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `        ${line}\n`).join("");
}
