import type { Box, Host } from "../../../box/model.ts";
import { bounded } from "../../../box/printable.ts";
import { fine, warning, wrong, type Finding } from "../finding.ts";
import type { Facts, Link } from "./facts.ts";

/** Whether the host's interfaces are those that the stack goes by. */
export function interfaceFindings(box: Box, host: Host, facts: Facts): readonly Finding[] {
  if (facts.links.length === 0) return [];
  const isWritten = box.hostNetworks.pools.some((pool) => box.pools[pool]?.members.includes(host.name));
  const problems = Object.keys(host.addresses).flatMap((network) =>
    isWritten ? nicFindings(host, network, facts) : interfaceFinding(box, host, network, facts),
  );
  return problems.length > 0 ? problems : [fine("interfaces", "interfaces")];
}

/** Of a host whose network is written: the NIC is there, whatever its name is as yet; name and address come by `up`. */
function nicFindings(host: Host, network: string, { links }: Facts): readonly Finding[] {
  const mac = host.macAddresses?.[network];
  if (mac === undefined || links.some((link) => link.mac === mac && !link.borrowed)) return [];
  const hint = `correct hosts.${host.name}.macAddresses.${network}, or plug the NIC in; it has ${shown(links)}`;
  return [wrong("interfaces", `no NIC for ${network}: none has the hardware address ${mac}`, hint)];
}

/** Of a host that keeps its network: the interface has the declared name and address already. */
function interfaceFinding(box: Box, host: Host, network: string, facts: Facts): readonly Finding[] {
  const name = host.interfaces[network] ?? network;
  const link = facts.links.find((one) => one.name === name);
  if (link === undefined) {
    const missing = `no interface ${name} for ${network}`;
    return [wrong("interfaces", missing, missingHint(host, network, facts))];
  }
  const mac = host.macAddresses?.[network];
  if (mac !== undefined && link.mac !== "-" && link.mac !== mac && !link.borrowed) {
    const found = `${name} has the hardware address ${bounded(link.mac)}, and ${mac} is declared`;
    return [wrong("interfaces", found, `correct hosts.${host.name}.macAddresses.${network}, or interfaces.${network}`)];
  }
  const addresses = [...addressFindings(box, host, network, name, facts)];
  if (addresses.length > 0 || link.state !== "DOWN") return addresses;
  return [warning("interfaces", `${name} is down`, `look for its cable, then: ip link set ${name} up`)];
}

function* addressFindings(box: Box, host: Host, network: string, name: string, facts: Facts): Generator<Finding> {
  const { cidr, ipv6 } = box.networks[network] ?? {};
  const wanted = [
    [host.addresses[network], cidr],
    [host.addresses6?.[network], ipv6],
  ] as const;
  for (const [address, prefix] of wanted) {
    if (address === undefined) continue;
    const length = prefix?.split("/")[1] ?? "";
    const own = facts.addresses.filter(({ link }) => link === name).map((one) => one.cidr);
    const found = own.find((one) => one.split("/")[0] === address);
    const write = `write it into the host's own network configuration, or name the host's pool under hostNetworks`;
    if (found === undefined) {
      const has = own.length === 0 ? "no address" : bounded(own.join(" "));
      yield wrong("interfaces", `${name} lacks ${address}/${length}; it has ${has}`, write);
    } else if (found.split("/")[1] !== length) {
      yield warning("interfaces", `${name} has ${bounded(found)}, and ${network} is ${prefix ?? ""}`, write);
    }
  }
}

/** The name that the interface has, where its address or hardware address gives it away. */
function missingHint(host: Host, network: string, { links, addresses }: Facts): string {
  const address = host.addresses[network] ?? "";
  const mac = host.macAddresses?.[network];
  const holder =
    addresses.find(({ cidr }) => cidr.split("/")[0] === address)?.link ??
    links.find((link) => link.mac === mac && !link.borrowed)?.name;
  return holder === undefined
    ? `it has ${shown(links)}: write the one under hosts.${host.name}.interfaces.${network}, or name the host's pool under hostNetworks`
    : `it is called ${bounded(holder)} there: write "interfaces: { ${network}: ${bounded(holder)} }" for the host, or name its pool under hostNetworks`;
}

/** NICs as people look for them. Those of pods are many, and nobody's. */
function shown(links: readonly Link[]): string {
  const nics = links.filter(({ name, borrowed }) => !borrowed && name !== "lo" && !/^(cali|veth|lxc)/.test(name));
  const list = nics.slice(0, 8).map(({ name, mac }) => `${bounded(name)} (${bounded(mac)})`);
  return list.length === 0 ? "no NIC" : list.join(", ");
}
