/** Open ports of a NAT gateway as rules of nftables. */
import type { Host } from "../../box/model.ts";
import type { OpenPort } from "../assembly.ts";
import { address, cidr, entry, familyOf, isAddress, networkInterface, port, prefix6 } from "../scalars.ts";

/**
 * A rule for each port, in the order given. What an open port accepts does not depend on `ct state`; see `natRules`.
 *
 * @throws Error for values that cannot stand in a rule, and for a network that the host is not on.
 */
export function openings(host: Host, ports: readonly OpenPort[]): string[] {
  return ports.map((one) => {
    const link = networkInterface(entry(host.interfaces, one.network, `interfaces of ${host.name}`), one.purpose);
    return `iifname "${link}" ${source(one)}${match(one)} accept comment "${comment(one.purpose)}"`;
  });
}

function match(one: OpenPort): string {
  switch (one.protocol) {
    case "tcp":
    case "udp":
      return `${one.protocol} dport ${ports(one.port)}${one.untrackedOnly === true ? " ct state untracked" : ""}`;
    // Over no router: whoever sends it from elsewhere cannot have 255 left.
    case "vrrp":
      return isOverIpv6(one) ? "ip6 hoplimit 255 meta l4proto 112" : "ip ttl 255 ip protocol 112";
    case "ipip":
      return "ip protocol 4";
  }
}

function ports(value: number | { readonly first: number; readonly last: number }): string {
  if (typeof value === "number") return String(port(value, "open port"));
  return `${port(value.first, "first open port")}-${port(value.last, "last open port")}`;
}

function source(one: OpenPort): string {
  if (one.from === undefined) return "";
  if (one.from.length === 0) throw new Error(`NAT gateway: ${one.purpose} is open to nobody; leave it out`);
  const isIpv6 = isOverIpv6(one);
  if (one.from.some((each) => isIpv6Address(each) !== isIpv6))
    throw new Error(`NAT gateway: peers ${one.from.join(", ")} are of different families; make two entries`);
  return `${isIpv6 ? "ip6" : "ip"} saddr { ${one.from.map(peer).join(", ")} } `;
}

function peer(one: string): string {
  const what = "peer of the NAT gateway";
  if (isAddress(one)) return address(one, what);
  if (!one.includes("/")) return one;
  return isIpv6Address(one) ? prefix6(one, what) : cidr(one, what);
}

function isOverIpv6({ from = [] }: OpenPort): boolean {
  return from.some(isIpv6Address);
}

function isIpv6Address(one: string): boolean {
  return familyOf(one.replace(/\/\d+$/, ""), "peer of the NAT gateway") === 6;
}

/** Plain ASCII without quotes, cut to what nftables keeps. */
function comment(purpose: string): string {
  return purpose.replace(/[^ !#-[\]-~]/g, "?").slice(0, 120);
}
