/** Rules by which a host that is drained refuses what its clients begin. Text for nftables 1.0.6. */
import type { Box, Host } from "../../box/model.ts";
import type { ClientTraffic, OpenPort, Registry } from "../assembly.ts";
import { familyOf, port } from "../scalars.ts";

/** An address at which a host is asked by clients, and on which TCP ports: these, or all but these. */
export interface ClientAddress {
  readonly address: string;
  readonly ports: readonly number[];
  readonly allBut: boolean;
}

/** Where clients come to a host. */
export interface ClientAddresses {
  /** The host's own addresses. */
  readonly own: readonly ClientAddress[];
  /** Virtual IPs that it takes part in. */
  readonly virtual: readonly ClientAddress[];
}

/** Where clients come to a host, by what its assemblies say of themselves. */
export function clientAddresses(box: Box, host: Host, registry: Registry): ClientAddresses {
  const traffic = registry.assembliesOf(box, host).flatMap(({ clients }) => clients?.(box, host) ?? []);
  const vips = Object.values(box.virtualIps).filter((vip) => Object.hasOwn(vip.priorities, host.name));
  const at = (one: ClientTraffic, address: string): ClientAddress => ({
    address,
    ...portsOf(box, host, one, registry),
  });
  return {
    own: traffic.flatMap((one) =>
      [host.addresses[one.network], host.addresses6?.[one.network]].flatMap((address) =>
        address === undefined ? [] : [at(one, address)],
      ),
    ),
    virtual: traffic.flatMap((one) =>
      vips.filter(({ network }) => network === one.network).map(({ address }) => at(one, address)),
    ),
  };
}

function portsOf(
  box: Box,
  host: Host,
  { network, ports }: ClientTraffic,
  registry: Registry,
): Pick<ClientAddress, "ports" | "allBut"> {
  if (ports !== "others") return { ports, allBut: false };
  const opened = registry.portsOf(box, host).filter((one) => one.network === network && !isForClients(one));
  const ssh = [22, host.connection?.port ?? 22];
  return { ports: [...new Set([...ssh, ...opened.flatMap(numbersOf)])].sort((a, b) => a - b), allBut: true };
}

function isForClients(one: OpenPort): boolean {
  return "port" in one && one.untrackedOnly === true;
}

function numbersOf(one: OpenPort): number[] {
  if (one.protocol !== "tcp") return [];
  if (typeof one.port === "number") return [one.port];
  const { first, last } = one.port;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * The text that is both the mark of a drained host and its rules.
 *
 * - The first packet of a connection is looked at and no other: what is established goes on.
 * - Refused with a reset, so that who asks another host next does so at once.
 * - `held` are virtual IPs that are about to move: what begins there gets no answer and is sent again a second later. An element
 *   goes by itself, whatever becomes of who has added it.
 * - Source port 1 is that of the probe by which `up` finds out whether users get through (`way_in.sh`); no client has it. In a rule of
 *   its own: nftables makes one comparison of two ports that a rule compares with `!=`, and either of them would do.
 * - A program of the host itself is let through.
 */
export function drainedRules({ own, virtual }: ClientAddresses): string {
  const begins = "tcp flags & (fin | syn | rst | ack) == syn";
  const rules = [
    ...virtual.map((one) => `${held(one.address)} ${match(one)} ${begins} drop`),
    ...own.map((one) => `${daddr(one.address)} ${match(one)} ${begins} reject with tcp reset`),
  ];
  return `# gatebox drain: this host is out of traffic. gatebox undrain ends that.
add table inet gatebox_drained
delete table inet gatebox_drained
table inet gatebox_drained {
    set held4 {
        type ipv4_addr
        flags timeout
    }

    set held6 {
        type ipv6_addr
        flags timeout
    }

    chain input {
        type filter hook input priority filter - 10; policy accept;
        iif lo accept
        tcp sport 1 accept
${[...new Set(rules)].map((rule) => `        ${rule}\n`).join("")}    }
}
`;
}

function daddr(address: string): string {
  return familyOf(address, "address of a drained host") === 4 ? `ip daddr ${address}` : `ip6 daddr ${address}`;
}

function held(address: string): string {
  return familyOf(address, "virtual IP of a drained host") === 4
    ? `ip daddr ${address} ip daddr @held4`
    : `ip6 daddr ${address} ip6 daddr @held6`;
}

function match({ ports, allBut }: ClientAddress): string {
  if (ports.length === 0) throw new Error("a drained host: no ports to refuse");
  return `tcp dport ${allBut ? "!= " : ""}{ ${ports.map((one) => port(one, "port of a drained host")).join(", ")} }`;
}

/** `ADDRESS=80,443`, or `ADDRESS=!22` for all ports but one: as the scripts read it. */
export function clientWords(addresses: readonly ClientAddress[]): string {
  return addresses
    .map(({ address, ports, allBut }) => {
      familyOf(address, "address of a drained host");
      return `${address}=${allBut ? "!" : ""}${ports.join(",")}`;
    })
    .join(" ");
}
