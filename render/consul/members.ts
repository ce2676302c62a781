/** Who is in Consul's cluster, and where. */
import { consulOf } from "../../box/index.ts";
import type { Box, Host, Tool } from "../../box/model.ts";
import { entry } from "../scalars.ts";

/** Ports that Consul has everywhere (its documentation, "Required Ports"). Its own for WAN and gRPC are off. */
export const consulPorts = { rpc: 8300, gossip: 8301, http: 8500, https: 8501 } as const;

/** Whether a host has a server. */
export function isServer(box: Box, host: Host): boolean {
  return box.consul?.servers.includes(host.name) ?? false;
}

/** Whether a host can have a server or an agent: it is on Consul's network. */
export function isOnNetwork(box: Box, host: Host): boolean {
  return box.consul !== undefined && Object.hasOwn(host.addresses, box.consul.network);
}

/** The address that others know a member by. */
export function memberAddress(box: Box, host: Host): string {
  return entry(host.addresses, consulOf(box).network, `addresses of ${host.name}`);
}

/** The addresses of all servers. */
export function serverAddresses(box: Box): readonly string[] {
  return consulOf(box).servers.map((name) => memberAddress(box, entry(box.hosts, name, "hosts of the box")));
}

/** Consul behind the web servers, where the stack has it there. */
export function frontDoor(box: Box): Tool | undefined {
  return box.consul === undefined ? undefined : box.tools?.list.find((tool) => tool.name === "consul");
}

/** Where web servers ask a server for its web interface; undefined for one that they do not ask. */
export function frontDoorAddress(box: Box, host: Host): string | undefined {
  return isServer(box, host) ? frontDoor(box)?.members.find((one) => one.name === host.name)?.address : undefined;
}

/** What the certificate of a member is for: the names that Consul itself asks for, and where it is found. */
export function certifiedNames(box: Box, host: Host): readonly string[] {
  const role = isServer(box, host) ? "server" : "client";
  return [`${role}.${consulOf(box).datacenter}.consul`, "localhost", "127.0.0.1", memberAddress(box, host)];
}
