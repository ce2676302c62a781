/** The box's own hosts as egress sees them: addresses that it does not lead to, but for what is open there to everybody. */
import type { Box, NatGateway } from "../../box/model.ts";
import type { Registry } from "../assembly.ts";
import { addressesOn, openToAll, sshPorts } from "../openToAll.ts";
import { address, familyOf, port } from "../scalars.ts";

/** An address of a host, and a range of ports that are open to everybody there. */
export interface OpenEnd extends Range {
  readonly address: string;
  readonly protocol: "tcp" | "udp";
}

interface Range {
  readonly first: number;
  readonly last: number;
}

export interface BoxEnds {
  /** All addresses of hosts and virtual IPs. */
  readonly addresses: readonly string[];
  readonly addresses6: readonly string[];
  /** What is open there. */
  readonly open: readonly OpenEnd[];
}

/**
 * The box, whether its stack configures a host or only names it.
 *
 * @param gateways the NAT gateways of one host. What is open on a network does not count if it lies inward of them: that is
 *   asked directly there, by those who are on it.
 */
export function boxEnds(box: Box, registry: Registry, gateways: readonly NatGateway[]): BoxEnds {
  const hosts = Object.values(box.hosts);
  const all = [
    ...hosts.flatMap(({ addresses, addresses6 = {} }) => [...Object.values(addresses), ...Object.values(addresses6)]),
    ...Object.values(box.virtualIps).map((vip) => vip.address),
  ];
  const ofFamily = (family: 4 | 6): string[] => [
    ...new Set(all.filter((one) => familyOf(one, "address of the box") === family)),
  ];
  return { addresses: ofFamily(4), addresses6: ofFamily(6), open: openEnds(box, registry, inward(box, gateways)) };
}

/** Inputs, those of gateways that lead there, and so on; a network between two gateways of one host is an output as well. */
function inward(box: Box, gateways: readonly NatGateway[]): ReadonlySet<string> {
  const found = new Set(gateways.map(({ input }) => input));
  // A set that grows meanwhile is gone through to its end.
  for (const network of found)
    for (const { input, output } of box.natGateways) if (output === network) found.add(input);
  for (const { output } of gateways) found.delete(output);
  return found;
}

/** SSH is the operator's, so never open to all, on no host that may have the address. */
function openEnds(box: Box, registry: Registry, inner: ReadonlySet<string>): OpenEnd[] {
  const ends = new Map<string, { readonly at: Omit<OpenEnd, keyof Range>; ranges: Range[]; ssh: number[] }>();
  for (const host of Object.values(box.hosts))
    for (const { network, protocol, first, last } of openToAll(box, host, registry)) {
      if (inner.has(network)) continue;
      for (const one of [...addressesOn(box, host, network, 4), ...addressesOn(box, host, network, 6)]) {
        const end = ends.get(`${one} ${protocol}`) ?? { at: { address: one, protocol }, ranges: [], ssh: [] };
        ends.set(`${one} ${protocol}`, end);
        end.ranges.push({ first, last });
        if (protocol === "tcp") end.ssh.push(...sshPorts(host));
      }
    }
  return [...ends.values()].flatMap(({ at, ranges, ssh }) =>
    without(merged(ranges), ssh).map(({ first, last }) => ({ ...at, first, last })),
  );
}

/** The same ports as ranges in order, none of which overlaps another. */
function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const { first, last } of [...ranges].sort((one, other) => one.first - other.first)) {
    const previous = result.at(-1);
    if (previous === undefined || first > previous.last + 1) result.push({ first, last });
    else result.splice(-1, 1, { first: previous.first, last: Math.max(previous.last, last) });
  }
  return result;
}

function without(ranges: readonly Range[], ports: readonly number[]): Range[] {
  return ports.reduce<readonly Range[]>((rest, one) => rest.flatMap((range) => cut(range, one)), ranges).slice();
}

function cut(range: Range, one: number): Range[] {
  if (one < range.first || one > range.last) return [range];
  const parts = [
    { first: range.first, last: one - 1 },
    { first: one + 1, last: range.last },
  ];
  return parts.filter(({ first, last }) => first <= last);
}

/** The sets of them, for the chain that `toTheBox` makes. */
export function boxSets({ addresses, addresses6, open }: BoxEnds): string {
  const ends = (family: 4 | 6): string[] =>
    open.filter((one) => familyOf(one.address, "address of the box") === family).map(elementOf);
  return [
    set("box_hosts", "ipv4_addr", addresses),
    set("box_open", "ipv4_addr . inet_proto . inet_service", ends(4)),
    ...(addresses6.length > 0
      ? [set("box_hosts6", "ipv6_addr", addresses6), set("box_open6", "ipv6_addr . inet_proto . inet_service", ends(6))]
      : []),
  ].join("\n");
}

/** SSH is never among what is open. An echo request shows a person whether there is a way; errors belong to what was let through. */
export function toTheBox({ addresses6 }: BoxEnds): string {
  return `    # Open to everybody there: users of the box inside of it use its public name as well.
    chain to_the_box {
        ct state related return
        icmp type echo-request return
        ip daddr . meta l4proto . th dport @box_open return
${addresses6.length > 0 ? "        icmpv6 type echo-request return\n        ip6 daddr . meta l4proto . th dport @box_open6 return\n" : ""}        jump refuse_box
    }
`;
}

function elementOf({ address: one, protocol, first, last }: OpenEnd): string {
  const where = familyOf(one, "address of the box") === 4 ? address(one, "address of the box") : one;
  const [from, to] = [port(first, "open port"), port(last, "open port")];
  return `${where} . ${protocol} . ${from === to ? from : `${from}-${to}`}`;
}

function set(name: string, type: string, elements: readonly string[]): string {
  const own = [...new Set(elements)];
  return `    set ${name} {
        type ${type}
        flags interval
${own.length > 0 ? `        elements = { ${own.join(",\n            ")} }\n` : ""}    }
`;
}
