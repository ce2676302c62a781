/** What a host serves for itself, past connection tracking: whoever floods it fills no table that other connections are in. */
import type { Box, Host } from "../../box/model.ts";
import { leastTranslatedPort } from "../../box/ports.ts";
import { addressesOn, type OpenToAll } from "../openToAll.ts";
import { address, entry, networkInterface, port } from "../scalars.ts";

/** A TCP port that is served on an interface. */
export interface Served {
  readonly interface: string;
  readonly port: number;
  /** The addresses that it is asked at there. @default all of the host's */
  readonly addresses?: readonly string[];
}

/**
 * The ports that programs of the host want to serve untracked: on their network, and to those who are led there from another.
 *
 * @throws Error for a port that is a range, not TCP's or one that translated connections may leave with.
 */
export function served(box: Box, host: Host, open: readonly OpenToAll[], forwardsFrom: readonly string[]): Served[] {
  const link = (network: string): string => entry(host.interfaces, network, `interfaces of ${host.name}`);
  return open
    .filter(({ untracked }) => untracked)
    .flatMap(({ network, protocol, first, last }) => {
      if (protocol !== "tcp" || first !== last || first >= leastTranslatedPort)
        throw new Error(`open ports: ${protocol} ${first}-${last} cannot be served past connection tracking`);
      const addresses = addressesOn(box, host, network, 4);
      const others = forwardsFrom.filter((one) => one !== network);
      return [
        { interface: link(network), port: first },
        ...(addresses.length > 0 ? others.map((one) => ({ interface: link(one), port: first, addresses })) : []),
      ];
    });
}

/**
 * The chains before connection tracking. An echo request is answered past it as well. An answer to a connection that is
 * tracked is none of these packets: it comes to a port from `leastTranslatedPort` up, and an echo request is no answer.
 */
export function pastTracking(all: readonly Served[]): string {
  const rules = (link: "iifname" | "oifname", end: "daddr" | "saddr", side: "dport" | "sport"): string =>
    all
      .map((one) => {
        const at = one.addresses?.map((each) => address(each, "served address")) ?? [];
        const where = at.length > 0 ? ` ip ${end} { ${at.join(", ")} }` : "";
        return `        ${link} "${networkInterface(one.interface, "served port")}"${where} tcp ${side} ${port(one.port, "served port")} notrack\n`;
      })
      .join("");
  return `    # What this host serves for itself fills no table of connections.
    chain before_tracking {
        type filter hook prerouting priority raw; policy accept;
        iifname != $networks accept
        fib daddr type != local accept
${rules("iifname", "daddr", "dport")}        icmp type echo-request notrack
        icmpv6 type echo-request notrack
    }

    chain answers_before_tracking {
        type filter hook output priority raw; policy accept;
        oifname != $networks accept
${rules("oifname", "saddr", "sport")}        icmp type echo-reply notrack
        icmpv6 type echo-reply notrack
    }
`;
}
