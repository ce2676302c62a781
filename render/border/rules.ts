/** The border of a kube gateway: from the gateway network only declared ports can be reached. Text for nftables 1.0.6. */
import { nodePortRange } from "../../box/ports.ts";
import { cidr, networkInterface, port, prefix6 } from "../scalars.ts";
import { answerChains, answerRules, answerSets } from "./answers.ts";

export interface BorderOptions {
  /** The interface on the gateway network. */
  readonly gatewayInterface: string;
  /** The gateway network in CIDR notation; only from there may VRRP come. */
  readonly gatewayCidr: string;
  /** Interfaces of the gateway on the box's other networks: nothing is routed from them to the gateway network. */
  readonly innerInterfaces: readonly string[];
  /**
   * The networks behind those interfaces, in CIDR notation. Nobody on the gateway network has such an address, so a
   * packet from there that carries one is forged. Loopback addresses are always among them.
   */
  readonly innerCidrs: readonly string[];
  /** Their IPv6 prefixes, where they have any. @default [] */
  readonly innerPrefixes6?: readonly string[];
  /** Where sshd listens. @default [22] */
  readonly sshPorts?: readonly number[];
  /** What the host's other programs open on the gateway network, as rules of nftables. @default [] */
  readonly openPorts?: readonly string[];
}

/**
 * `border/base.nft`, loaded with `border/` as the working directory: the include is relative to it.
 *
 * Why it looks as it does:
 *
 * - HAProxy listens on the very port that is a NodePort, and kube-proxy's DNAT would win over a listener. NAT skips
 *   packets that connection tracking does not know, so declared ports are `notrack` before it, on their way in and
 *   out. Such packets match no `ct state`; they are accepted by port. Answers to connections that are tracked, whose port
 *   here is a declared one by chance, stay tracked: see `answers.ts`.
 * - All other NodePorts are dropped after tracking (-200) and before DNAT (-100), by direction rather than by port
 *   alone: what pods of this host ask of the outside may come back to a port of that range, because masquerading with
 *   random ports (as kube-proxy and Calico do it) uses all of them.
 * - SSH is dropped before tracking, so without regard to sessions that exist: should the interface be the wrong one,
 *   the very session that loads this stalls, and the guard of the host puts the previous border back.
 * - Only answers to what this host asked pass by `ct state`; a session from the gateway network that is older than the
 *   border does not.
 * - It is a table of its own and replaced in one transaction: all chains, and the elements of all sets but those that
 *   remember connections, or those that wait for the other end to speak would be cut off. Tables of kube-proxy and of the
 *   pod network stay as they are; an `accept` here does not overrule a `drop` there.
 *
 * @example borderBase({ gatewayInterface: "gateway-network", gatewayCidr: "192.168.2.0/24",
 *   innerInterfaces: ["box-network"], innerCidrs: ["192.168.1.0/24"] })
 */
export function borderBase(options: BorderOptions): string {
  const outer = networkInterface(options.gatewayInterface, "gatewayInterface of the border");
  const inner = options.innerInterfaces.map((one) => `"${networkInterface(one, "innerInterfaces of the border")}"`);
  if (inner.includes(`"${outer}"`)) throw new Error(`border: ${outer} is both the gateway's and an inner interface`);
  const ssh = (options.sshPorts ?? [22]).map((one) => port(one, "sshPorts of the border"));
  const outside = cidr(options.gatewayCidr, "gatewayCidr of the border");
  if (ssh.length === 0) throw new Error("border: sshPorts is empty; name the port that sshd listens on");
  return `# The border of this gateway: from the gateway network only declared ports can be reached.
# One file per declared port: ports/PORT.nft
${renewal}
define gateway = "${outer}"
define node_ports = ${nodePortRange.first}-${nodePortRange.last}

table inet gatebox_border {
    set declared_ports {
        type inet_service
    }

${answerSets()}
${innerSets(options)}
    # Before connection tracking: declared ports go past it, and with that past kube-proxy's DNAT.
    chain before_tracking {
        type filter hook prerouting priority raw; policy accept;
        iifname != $gateway accept
        icmpv6 type { nd-neighbor-solicit, nd-router-advert } accept
        ip saddr @inner4 counter drop comment "forged: an address of another network"
        ip6 saddr @inner6 counter drop comment "forged: an address of another network"
        fib saddr . iif oif 0 counter drop comment "forged: the way back leads elsewhere"
        tcp dport { ${ssh.join(", ")} } counter drop comment "ssh is for the box network"
        fib daddr . iif type local tcp dport @declared_ports jump to_declared
    }

    chain answers_before_tracking {
        type filter hook output priority raw; policy accept;
        oifname $gateway tcp sport @declared_ports jump from_declared
    }

${answerRules()}

    # After tracking and before DNAT: no other NodePort. Untracked packets have no direction and pass.
    chain before_dnat {
        type filter hook prerouting priority mangle; policy accept;
        iifname $gateway tcp dport @declared_ports ct direction reply jump remember_answer
        iifname $gateway meta l4proto { tcp, udp, sctp, dccp, udplite } th dport $node_ports ct direction original counter drop comment "NodePort that is not declared"
    }

    chain input {
        type filter hook input priority filter; policy accept;
        iifname $gateway jump from_gateway_network
    }

    chain from_gateway_network {
        fib daddr . iif type local tcp dport @declared_ports counter accept
        ct state established ct direction reply accept
        ct state related accept
        icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept
        icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept
        icmpv6 type { mld-listener-query, mld2-listener-report } ip6 saddr fe80::/10 accept
        ip protocol igmp accept comment "membership queries, which multicast VRRP needs"
        ip saddr ${outside} ip protocol 112 accept comment "VRRP"
${(options.openPorts ?? []).map((rule) => `        ${rule}\n`).join("")}        jump refuse
    }

    # This host routes nothing between its networks. Its own pods may ask outward, as the host itself may.
    chain forward {
        type filter hook forward priority filter; policy accept;
        iifname $gateway ct state established ct direction reply accept
        iifname $gateway ct state related accept
        iifname $gateway jump refuse
${inner.length > 0 ? `        oifname $gateway iifname { ${inner.join(", ")} } ct state new jump refuse\n` : ""}    }

    chain refuse {
        limit rate 5/second burst 10 packets log prefix "gatebox border: " flags ip options
        counter drop
    }
}

include "./ports/*.nft"
`;
}

// Chains of this version and of those before it, which may have another hook. To add what is there already changes nothing.
const chains = [
  ...[
    "before_tracking",
    "answers_before_tracking",
    "before_dnat",
    "input",
    "from_gateway_network",
    "forward",
    "refuse",
  ],
  ...answerChains,
];

const renewal = `add table inet gatebox_border
${["declared_ports { type inet_service; }", ...["inner4 { type ipv4_addr; flags interval; auto-merge; }", "inner6 { type ipv6_addr; flags interval; auto-merge; }"]].map((set) => `add set inet gatebox_border ${set}\n`).join("")}${chains.map((chain) => `add chain inet gatebox_border ${chain}\n`).join("")}flush table inet gatebox_border
${chains.map((chain) => `delete chain inet gatebox_border ${chain}\n`).join("")}${["declared_ports", "inner4", "inner6"].map((set) => `flush set inet gatebox_border ${set}\n`).join("")}`;

function innerSets({ innerCidrs, innerPrefixes6 = [] }: BorderOptions): string {
  const networks = innerCidrs.map((one) => cidr(one, "innerCidrs of the border"));
  const prefixes = innerPrefixes6.map((one) => prefix6(one, "innerPrefixes6 of the border"));
  const set = (named: string, type: string, elements: readonly string[]): string => `    set ${named} {
        type ${type}
        flags interval
        auto-merge
        elements = { ${elements.join(", ")} }
    }
`;
  return `${set("inner4", "ipv4_addr", ["127.0.0.0/8", ...networks])}\n${set("inner6", "ipv6_addr", ["::1/128", ...prefixes])}`;
}

/** The file of a declared port inside the tree. */
export function borderPortFile(portNumber: number): string {
  return `border/ports/${port(portNumber, "border")}.nft`;
}

/**
 * One declared port, as an addition to the set of `borderBase`.
 * @example borderPort(30165) // "add element inet gatebox_border declared_ports { 30165 }\n"
 */
export function borderPort(portNumber: number): string {
  return `add element inet gatebox_border declared_ports { ${port(portNumber, "border")} }\n`;
}
