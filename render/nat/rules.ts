/** The rules of a NAT gateway: what it forwards, and who leaves with which address. nftables 1.0.6. */
import { podInterfaces } from "../../box/interfaceNames.ts";
import { leastTranslatedPort } from "../../box/ports.ts";
import { address, cidr, networkInterface, wholeNumber } from "../scalars.ts";
import { boxSets, toTheBox, type BoxEnds } from "./boxEnds.ts";

/** One egress route: what comes from `input` leaves on `output` as `snatAddress`. */
export interface EgressRoute {
  readonly input: { readonly interface: string; readonly cidr: string };
  readonly output: { readonly interface: string };
  /** An address on the output side: a virtual IP, or the host's own. */
  readonly snatAddress: string;
  /** Connections that one address of the input may have at most. */
  readonly perSource: number;
  /** Addresses of the input that others are behind, who are limited there. */
  readonly unlimited: readonly string[];
}

export interface NatOptions {
  readonly egressRoutes: readonly EgressRoute[];
  /** All interfaces of the host on networks of the box. */
  readonly interfaces: readonly string[];
  /** The box's own hosts, which egress does not lead to. */
  readonly box: BoxEnds;
}

/**
 * `nft/nat.nft`: the table `inet gatebox_nat`, replaced in one transaction; tables of others stay as they are. One `inet`
 * table holds for IPv6 as well: nothing there is forwarded. What may reach the gateway itself is the firewall's.
 *
 * - Forwarded is what a host of an input network begins towards that route's output, and what answers it. Nothing that
 *   begins outside, whatever its address. A network may be the output of one route and the input of the next.
 * - Egress leads out of the box. To its own hosts, behind their back, it leads to what they open to everybody there.
 * - The source address is set, not masqueraded: a virtual IP is the same on the next holder, so connections that it knows
 *   of go on. Source ports are chosen at random, so that nobody outside can foresee them and two hosts that use the same
 *   port do not race for it. None is below `leastTranslatedPort`: what the host itself serves there past connection
 *   tracking takes no answer for a client's packet.
 * - A packet of a connection that is not known (`invalid`: the gateway has just taken over and it is about to be reported)
 *   is dropped, and TCP sends it again. Let through, it would leave with the address of a host inside.
 * - One address has so many connections and no more, so that it leaves none of the others without. Counted are those that
 *   begin, each once: a packet that is not answered yet may be followed by others.
 * - A gateway may run pods. Between them and the inner networks nothing is in the way; from the outside nothing gets there.
 *   What a node of the cluster needs of the others (kubelet, BGP, VXLAN, IPIP) is closed: where the stack knows that a host
 *   is a node or a kube gateway, it refuses it.
 * - What is refused is counted by reason and logged, for each reason five times a second at most.
 *
 * @throws Error for values that cannot stand in a rule, and for a route whose ends are the same.
 */
export function natRules(options: NatOptions): string {
  const { egressRoutes } = checked(options);
  const inner = unique(egressRoutes.map(({ input }) => input.interface));
  const outer = options.interfaces.filter((one) => !inner.includes(one));
  const outputs = unique(egressRoutes.map(({ output }) => output.interface));
  return `# What this NAT gateway forwards.
add table inet gatebox_nat
delete table inet gatebox_nat

define networks = ${list(options.interfaces)}
define inner = ${list(inner)}
define outer = ${list(unique([...outer, ...outputs]))}
define outputs = ${list(outputs)}

table inet gatebox_nat {
${refusals.map(({ counter, reason }) => `    counter ${counter} { comment "${reason}" }\n`).join("")}
${egressRoutes.map((_, index) => sourceSets(index)).join("\n")}
${boxSets(options.box)}
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state invalid jump refuse_unknown
        oifname $outputs ip daddr @box_hosts ct direction original jump to_the_box
${options.box.addresses6.length > 0 ? "        oifname $outputs ip6 daddr @box_hosts6 ct direction original jump to_the_box\n" : ""}        iifname $outer ct direction reply ct state established accept
        iifname != $outer ct state established accept
        ct state related accept
${lines(egressRoutes.flatMap((route, index) => [...limits(route, index), `${match(route)} ct direction original ct state { new, established } accept`]))}        iifname != $outer iifname $inner oifname $inner ct status dnat accept comment "kube-proxy, for a NodePort of this host"
${lines(podInterfaces.flatMap((one) => [`iifname "${one}" accept`, `iifname != $outer iifname $inner oifname "${one}" accept`]))}        jump refuse_forward
    }

${toTheBox(options.box)}
    chain leave {
        type nat hook postrouting priority srcnat; policy accept;
${lines(egressRoutes.flatMap((route) => translation(route)))}    }

${refusals.map(refusal).join("\n")}}
`;
}

function match({ input, output }: EgressRoute): string {
  return `iifname "${input.interface}" oifname "${output.interface}" ip saddr ${input.cidr}`;
}

function sourceSets(index: number): string {
  return `    set sources_${index} {
        type ipv4_addr
        size 65535
        flags dynamic
    }

    set full_${index} {
        type ipv4_addr
        size 65535
        flags dynamic,timeout
    }
`;
}

// To count the connections of an address costs the more the more it has. Whoever has its share is not counted again for a
// second, or its attempts would take the processor from all others.
function limits(route: EgressRoute, index: number): string[] {
  const begins = `${match(route)} ct state new ct status ! confirmed`;
  const others = route.unlimited.length > 0 ? ` ip saddr != { ${route.unlimited.join(", ")} }` : "";
  return [
    `${begins} ip saddr @full_${index} jump refuse_source`,
    `${begins}${others} add @sources_${index} { ip saddr ct count over ${route.perSource} } add @full_${index} { ip saddr timeout 1s } jump refuse_source`,
  ];
}

// From a port below 1024 to such a port, as the kernel does it by itself, but none of those that a host serves on.
function translation(route: EgressRoute): string[] {
  const to = `snat ip to ${route.snatAddress}`;
  return [
    `${match(route)} meta l4proto { tcp, udp } th sport < 1024 ${to}:${leastTranslatedPort}-1023 fully-random`,
    `${match(route)} ${to} fully-random`,
  ];
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
    chain: "refuse_unknown",
    counter: "unknown_connection",
    reason: "belongs to no connection known here",
    prefix: "unknown connection",
  },
  {
    chain: "refuse_box",
    counter: "refused_box",
    reason: "to the box itself, where it is not open to everybody",
    prefix: "to the box",
  },
  {
    chain: "refuse_source",
    counter: "refused_source",
    reason: "of an address that has as many connections as it may have",
    prefix: "too many connections",
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

function checked(options: NatOptions): NatOptions {
  if (options.egressRoutes.length === 0) throw new Error("NAT gateway: there is no egress route");
  for (const { input, output, snatAddress, perSource, unlimited } of options.egressRoutes) {
    if (input.interface === output.interface)
      throw new Error(`NAT gateway: ${input.interface} is both the input and the output`);
    cidr(input.cidr, "input network of the NAT gateway");
    address(snatAddress, "snatAddress of the NAT gateway");
    wholeNumber(perSource, 1, "connections of one address");
    for (const one of unlimited) address(one, "snatAddress of another NAT gateway");
  }
  for (const { input, output } of options.egressRoutes)
    for (const one of [input.interface, output.interface])
      if (!options.interfaces.includes(one)) throw new Error(`NAT gateway: ${one} is none of the host's interfaces`);
  for (const one of options.interfaces) networkInterface(one, "interface of the NAT gateway");
  return options;
}

function list(interfaces: readonly string[]): string {
  return `{ ${interfaces.map((one) => `"${one}"`).join(", ")} }`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `        ${line}\n`).join("");
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
