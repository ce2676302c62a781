/** Where the operator's SSH connections come in on a host. */
import type { Box, Host, SshEndpoint } from "../../box/model.ts";
import { cidr, familyOf, networkInterface, port, prefix6 } from "../scalars.ts";

/** Interfaces and ports that SSH is open on. */
export interface OperatorAccess {
  readonly ports: readonly number[];
  /** The interfaces; or, where the stack does not name the operator's, all interfaces but some. */
  readonly on: { readonly interfaces: readonly string[] } | { readonly allBut: readonly string[] };
  /** Addresses and networks that it is open to. @default everybody */
  readonly from?: readonly string[];
}

/**
 * SSH is open where the operator is known to come in: on the network that the address of the host's connection is of, and,
 * for a bastion of other hosts, on the network that it is reached on as such.
 *
 * An address that is none of the host's own (a management network that the stack does not name, a router that translates
 * it) tells no interface. Then SSH is open on all interfaces but those that strangers are behind: the gateway network, and
 * the clients' network where the host has another one. Locking the operator out would be worse than a port of sshd's.
 */
export function operatorAccess(box: Box, host: Host): OperatorAccess {
  const connection = host.connection;
  const asBastion = Object.values(box.hosts).flatMap((other) => other.connection?.bastion ?? []);
  const endpoints = asBastion.filter(({ address }) => networkOf(host, address) !== undefined);
  const networks = (from: readonly SshEndpoint[]): string[] =>
    from.flatMap(({ address }) => networkOf(host, address) ?? []);
  const own = connection === undefined ? [] : networks([connection]);
  const named = [...new Set([...own, ...networks(endpoints)])];
  const ports = [22, ...(connection ? [connection.port] : []), ...endpoints.map((one) => one.port)];
  return {
    ports: [...new Set(ports)],
    ...(connection?.from === undefined ? {} : { from: connection.from }),
    on:
      own.length > 0
        ? { interfaces: interfacesOf(host, named) }
        : {
            allBut: interfacesOf(
              host,
              strangersNetworks(box, host).filter((network) => !named.includes(network)),
            ),
          },
  };
}

/** The network of the box on which a host has an address. */
function networkOf(host: Host, address: string): string | undefined {
  const own = [...Object.entries(host.addresses), ...Object.entries(host.addresses6 ?? {})];
  return own.find(([, one]) => one === address)?.[0];
}

function strangersNetworks(box: Box, host: Host): string[] {
  const border = box.kubeGateways === undefined ? [] : [box.kubeGateways.network];
  const strangers = [...border, ...(box.webservers === undefined ? [] : [box.webservers.network])];
  const others = Object.keys(host.addresses).filter((network) => !strangers.includes(network));
  return others.length > 0 ? strangers : border;
}

function interfacesOf(host: Host, networks: readonly string[]): string[] {
  return [...new Set(networks.flatMap((network) => host.interfaces[network] ?? []))];
}

/** The rules that let the operator in: one for each address or network, which may overlap. */
export function operatorRules({ ports, on, from }: OperatorAccess): string[] {
  if (ports.length === 0) throw new Error("firewall: name the port that sshd listens on");
  const names = "interfaces" in on ? on.interfaces : on.allBut;
  if ("interfaces" in on && names.length === 0) throw new Error("firewall: name an interface that the operator uses");
  if (from?.length === 0) throw new Error("firewall: name an address that the operator comes from");
  const list = names.map((one) => `"${networkInterface(one, "interface of the operator")}"`).join(", ");
  const where = names.length === 0 ? "" : `iifname ${"interfaces" in on ? "" : "!= "}{ ${list} } `;
  const match = `tcp dport { ${ports.map((one) => port(one, "sshd's port")).join(", ")} }`;
  return (from?.map(sourceMatch) ?? [""]).map((source) => `${where}${source}${match} accept comment "the operator"`);
}

function sourceMatch(source: string): string {
  const what = "address of the operator";
  const [first = "", length] = source.split("/");
  const family = familyOf(first, what);
  if (length === undefined) return `${family === 4 ? "ip" : "ip6"} saddr ${first} `;
  return family === 4 ? `ip saddr ${cidr(source, what)} ` : `ip6 saddr ${prefix6(source, what)} `;
}
