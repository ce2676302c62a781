/** The rules of the uplink, as text for nft(8): what the router does and what the machine lets pass. */
import type { Lab } from "../state.ts";
import { REPOSITORY_PLACE } from "./repositoryPlace.ts";

/** A port of an address. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What the machine's rules are made from. */
export interface MachineRules {
  readonly table: string;
  /** The machine's end of the cable and the router's address on it. */
  readonly cable: { readonly name: string; readonly router: string };
  readonly resolvers: readonly string[];
  readonly downloads: readonly Endpoint[];
  /** Networks that the machine is on itself: its neighbours are nobody's download servers. */
  readonly neighbours: readonly string[];
}

/**
 * Destinations that are nobody's on the internet (RFC 6890 and the IANA special-purpose registry). The documentation
 * networks are left out: closed sites give their mirrors such addresses.
 */
const RESERVED: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** The lab's table on the machine. No other table is read or changed. */
export function machineTableOf(lab: Lab): string {
  return `gatebox-lab-${lab.name}`;
}

/**
 * The lab's table on the machine: from the cable, name queries to the machine's own resolvers and downloads (80, 443)
 * from public addresses; to the cable, answers. Everything else that comes from or goes to the cable is dropped.
 *
 * @example
 * machineRules({ table: "gatebox-lab-a", cable: { name: "gb-up0", router: "100.127.0.2" }, … });
 */
export function machineRules({ table, cable, resolvers, downloads, neighbours }: MachineRules): string {
  const pairs = downloads.map(({ address, port }) => `${address} . ${port}`);
  return `${replaced(table)}
table inet ${table} {
  set resolvers { type ipv4_addr; ${elements(resolvers)}}
  set downloads { type ipv4_addr . inet_service; ${elements(pairs)}}
  set reserved { type ipv4_addr; flags interval; auto-merge; ${elements([...RESERVED, ...neighbours])}}

  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    oifname "${cable.name}" ct state established,related accept
    oifname "${cable.name}" drop
    iifname "${cable.name}" jump from_lab
  }
  chain from_lab {
    meta nfproto != ipv4 drop
    tcp flags syn tcp option maxseg size set rt mtu
    ct state established,related accept
    ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
    ip daddr . tcp dport @downloads accept
    ip daddr @reserved drop
    tcp dport { 80, 443 } accept
    drop
  }
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iifname "${cable.name}" ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
    iifname "${cable.name}" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${cable.router} oifname != "${cable.name}" masquerade
  }
}
`;
}

/**
 * The router's table: each of its own addresses stands for one resolver of the machine, so that hosts never need to know
 * an address of the machine's network. On the first of them it serves the packages that the lab has made.
 */
export function routerRules(dns: readonly { readonly address: string; readonly resolver: string }[]): string {
  const redirections = dns.map(
    ({ address, resolver }) => `    ip daddr ${address} meta l4proto { tcp, udp } th dport 53 dnat to ${resolver}`,
  );
  return `${replaced("uplink", "ip")}
table ip uplink {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
${redirections.join("\n")}
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "hosts" icmp type echo-request accept
    iifname "hosts" ip daddr ${REPOSITORY_PLACE.address} tcp dport ${REPOSITORY_PLACE.port} accept
    iifname "hosts" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "machine" masquerade
  }
}
`;
}

/** Replaces a table in one transaction, whether or not it is there. */
function replaced(table: string, family = "inet"): string {
  return `table ${family} ${table} {}\ndelete table ${family} ${table}`;
}

function elements(members: readonly string[]): string {
  return members.length === 0 ? "" : `elements = { ${members.join(", ")} } `;
}
