/** Open ports as rules of nftables, each once. */
import type { Box, Host } from "../../box/model.ts";
import type { OpenPort } from "../assembly.ts";
import { addressesOn, type OpenToAll } from "../openToAll.ts";
import { address, cidr, entry, familyOf, networkInterface, port, prefix6, wholeNumber } from "../scalars.ts";

/** nftables keeps 128 bytes of a comment, the closing NUL among them. */
const longestComment = 120;

/**
 * A line for each port, in the order given. What several assemblies open in the same way is there once, under the purpose of
 * the first.
 *
 * @throws Error for values that cannot stand in a rule, and for a network that the host is not on.
 */
export function openPortRules(host: Host, ports: readonly OpenPort[]): string[] {
  const rules = new Map<string, string>();
  for (const one of ports) {
    const link = networkInterface(entry(host.interfaces, one.network, `interfaces of ${host.name}`), "open port");
    for (const match of greedyMatches(one)) {
      const rule = `iifname "${link}" ${match}`;
      rules.set(rule, rule);
    }
    for (const match of matches(one)) {
      const rule = `iifname "${link}" ${match} accept`;
      if (!rules.has(rule)) rules.set(rule, `${rule} comment "${comment(one.purpose)}"`);
    }
  }
  return [...rules.values()];
}

/** The sets in which new connections of an address, or of an IPv6 network of 64 bits, are counted. */
export const newConnectionSets = `    set new_connections {
        type ipv4_addr
        size 65535
        flags dynamic,timeout
    }

    set new_connections6 {
        type ipv6_addr
        size 65535
        flags dynamic,timeout
    }
`;

// Forgotten a minute after the last one. With a full table, more are let in rather than fewer.
function greedyMatches(one: OpenPort): string[] {
  if (one.protocol !== "tcp" || one.newConnectionsPerSecond === undefined) return [];
  const rate = wholeNumber(one.newConnectionsPerSecond, 1, `new connections of ${one.purpose}`);
  const begins = `tcp dport ${portText(one.port)} tcp flags & (fin | syn | rst | ack) == syn`;
  const over = `timeout 1m limit rate over ${rate}/second burst ${2 * rate} packets`;
  return [
    `${begins} update @new_connections { ip saddr ${over} } jump refuse_greedy`,
    `${begins} update @new_connections6 { ip6 saddr & ffff:ffff:ffff:ffff:: ${over} } jump refuse_greedy`,
  ];
}

/**
 * What a host opens to everybody on one of its networks is open to those whom it leads there from another one: they ask at
 * the addresses of that network, and find this host itself while it has them.
 */
export function fromWithin(
  box: Box,
  host: Host,
  open: readonly OpenToAll[],
  forwardsFrom: readonly string[],
): string[] {
  const rules = forwardsFrom.flatMap((inner) =>
    open
      .filter(({ network, untrackedOnly }) => network !== inner && !untrackedOnly)
      .flatMap(({ network, protocol, first, last }) => {
        const link = networkInterface(entry(host.interfaces, inner, `interfaces of ${host.name}`), "open port");
        const at = addressesOn(box, host, network, 4).map((one) => address(one, "open port"));
        return at.length === 0
          ? []
          : [`iifname "${link}" ip daddr { ${at.join(", ")} } ${protocol} dport ${portText({ first, last })} accept`];
      }),
  );
  return [...new Set(rules)].map((rule) => `${rule} comment "open to everybody there"`);
}

function matches(one: OpenPort): string[] {
  const from = source(one);
  switch (one.protocol) {
    case "tcp":
    case "udp":
      return [
        `${from.text}${one.protocol} dport ${portText(one.port)}${one.untrackedOnly === true ? " ct state untracked" : ""}`,
      ];
    // Over no router: whoever sends it from elsewhere cannot have 255 left.
    case "vrrp":
      return [
        ...(from.family === 6 ? [] : [`${from.text}ip ttl 255 ip protocol 112`]),
        ...(from.family === 4 ? [] : [`${from.text}ip6 hoplimit 255 meta l4proto 112`]),
      ];
    case "ipip":
      return from.family === 6 ? [] : [`${from.text}ip protocol 4`];
  }
}

function portText(value: number | { readonly first: number; readonly last: number }): string {
  if (typeof value === "number") return String(port(value, "open port"));
  const first = port(value.first, "first open port");
  const last = port(value.last, "last open port");
  if (first > last) throw new Error(`open ports: ${first} is more than ${last}`);
  return first === last ? String(first) : `${first}-${last}`;
}

function source({ from, purpose }: OpenPort): { readonly family?: 4 | 6; readonly text: string } {
  if (from === undefined) return { text: "" };
  const [family, ...others] = new Set(from.map((one) => familyOf(one.replace(/\/\d+$/, ""), purpose)));
  if (family === undefined) throw new Error(`${purpose}: it is open to nobody; leave the port out`);
  if (others.length > 0)
    throw new Error(`${purpose}: ${from.join(", ")} are of different families; make two open ports`);
  const sources = [...new Set(from)].map((one) => sourceText(one, family, purpose));
  return { family, text: `${family === 4 ? "ip" : "ip6"} saddr { ${sources.join(", ")} } ` };
}

function sourceText(one: string, family: 4 | 6, purpose: string): string {
  if (!one.includes("/")) return one;
  return family === 4 ? cidr(one, purpose) : prefix6(one, purpose);
}

/** Plain ASCII without quotes, cut to what nftables keeps. */
function comment(purpose: string): string {
  return purpose.replace(/[^ !#-[\]-~]/g, "?").slice(0, longestComment);
}
