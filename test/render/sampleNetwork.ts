/** The box of `sampleHa`, with what hosts need whose network is written. */
import type { Box, Host, HostNetworks } from "../../box/model.ts";
import { haBox, haHost } from "./sampleHa.ts";

/** The hardware address that the lab gives the interface with an IPv4 address. */
export function etherOf(address: string): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return `02:67:${octets.join(":")}`;
}

/** A host of the box with its cards, and a way out unless it is a web server; `change` takes the place of what it says. */
export function networkHost(name: string, change: Partial<Host> = {}): Host {
  const host = { ...haHost(name), ...change };
  const cards = Object.entries(host.addresses).map(([network, address]) => [network, etherOf(address)] as const);
  const wayOut = name.startsWith("gateway") ? { defaultGateway: "192.168.2.254" } : {};
  return { macAddresses: Object.fromEntries(cards), ...wayOut, ...host };
}

/** The box, with this said about the hosts' networks. */
export function networkBox(change: Partial<HostNetworks> = {}): Box {
  return haBox({ hostNetworks: { pools: ["nat_gateway_pool"], nameservers: [], replaces: [], ...change } });
}
