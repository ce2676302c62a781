/** What the interfaces of a host are to be, from what the box says of it. */
import { contains, rangeOf, type Ipv4Range } from "../../box/ipv4.ts";
import type { Box, Host } from "../../box/model.ts";
import { entry, familyOf } from "../scalars.ts";
import type { NetplanInterface } from "./netplan.ts";

/**
 * One interface for each network that the host is on. There is no default route over IPv6 as yet.
 *
 * @throws Error when the hardware address of one of them is not known.
 */
export function interfacesOf(box: Box, host: Host): NetplanInterface[] {
  const { nameservers } = box.hostNetworks;
  const gateways = host.defaultGateway === undefined ? [] : [host.defaultGateway];
  const networks = Object.keys(host.addresses);
  const outer = networks.find((network) => gateways.some((via) => isOn(box, network, via)));
  return networks.map((network) => ({
    name: entry(host.interfaces, network, `interfaces of ${host.name}`),
    macAddress: entry(host.macAddresses ?? {}, network, `macAddresses of ${host.name}`),
    addresses: addressesOn(box, host, network),
    defaultGateways: gateways.filter((via) => isOn(box, network, via)),
    // Name servers are asked over one interface: that of the default route.
    nameservers: network === (outer ?? networks[0]) ? nameservers : [],
  }));
}

function addressesOn(box: Box, host: Host, network: string): string[] {
  const own = `${entry(host.addresses, network, `addresses of ${host.name}`)}/${range(box, network).prefix}`;
  const own6 = host.addresses6?.[network];
  if (own6 === undefined) return [own];
  const prefix = entry(box.networks, network, "networks of the box").ipv6;
  if (prefix === undefined) throw new Error(`addresses6 of ${host.name}: ${network} has no IPv6 prefix`);
  return [own, `${own6}/${prefix.split("/")[1]}`];
}

function isOn(box: Box, network: string, via: string): boolean {
  return familyOf(via, "default route") === 4 && contains(range(box, network), via);
}

function range(box: Box, network: string): Ipv4Range {
  return rangeOf(entry(box.networks, network, "networks of the box").cidr);
}
