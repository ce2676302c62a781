/** The box of `sampleHa`, with what hosts need whose network is written. */
import type { Box, Host, HostNetworks } from "../../box/model.ts";
import { networkAssembly } from "../../render/network/index.ts";
import type { NetplanInterface } from "../../render/network/netplan.ts";
import { registryOf } from "../../render/registryOf.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { haBox, haHost } from "./sampleHa.ts";

/** The hardware address that the lab gives the interface with an IPv4 address. */
function macAddressOf(address: string): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return `02:67:${octets.join(":")}`;
}

/** A host of the box with its NICs, and a default gateway unless it is a web server; `change` takes the place of what it says. */
export function networkHost(name: string, change: Partial<Host> = {}): Host {
  const host = { ...haHost(name), ...change };
  const nics = Object.entries(host.addresses).map(([network, address]) => [network, macAddressOf(address)] as const);
  const gateway = name.startsWith("gateway") ? { defaultGateway: "192.168.2.254" } : {};
  return { macAddresses: Object.fromEntries(nics), ...gateway, ...host };
}

/** The box, with this said about the hosts' networks. */
export function networkBox(change: Partial<HostNetworks> = {}): Box {
  return haBox({ hostNetworks: { pools: ["nat_gateway_pool"], nameservers: [], replaces: [], ...change } });
}

/** The tree of a host's network; it asks nothing of other assemblies. */
export function networkFiles(box: Box, host: Host): readonly TreeFile[] {
  return networkAssembly.files(box, host, registryOf([networkAssembly]));
}

/** The trees of a NAT gateway and of a web server. */
export const networkTrees = {
  "gateway-4": networkFiles(networkBox(), networkHost("gateway-4")),
  "webserver-1": networkFiles(
    networkBox({ nameservers: ["192.168.0.53", "2001:db8::53"], replaces: ["/etc/netplan/50-cloud-init.yaml"] }),
    networkHost("webserver-1"),
  ),
};

export const oneInterface: NetplanInterface = {
  name: "box-network",
  macAddress: "02:67:c0:a8:01:0e",
  addresses: ["192.168.1.14/24"],
  defaultGateways: [],
  nameservers: [],
};

/** The text of a file of a tree; empty where there is none. */
export function textOf(files: readonly TreeFile[], path: string): string {
  return files.find((file) => file.path === path)?.text ?? "";
}
