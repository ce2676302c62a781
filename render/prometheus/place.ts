/** Where the servers of monitoring are found. */
import type { Alertmanager, Box, Host, Monitoring, Prometheus } from "../../box/model.ts";
import { address, endpoint, entry } from "../scalars.ts";
import { serviceUrl } from "../webserver/serviceUrl.ts";

/** The section of a box that has servers of monitoring, with the network that they listen on. */
export type WithServers = Monitoring & { readonly network: string };

/**
 * Monitoring of a box that runs servers for it.
 *
 * @throws Error when it does not.
 */
export function monitoringOf({ name, monitoring }: Box): WithServers {
  const { network } = monitoring ?? {};
  if (monitoring === undefined || network === undefined) throw new Error(`box ${name} runs no servers of monitoring`);
  return { ...monitoring, network };
}

/** @throws Error when the box runs no Prometheus. */
export function prometheusOf(box: Box): Prometheus {
  const { prometheus } = monitoringOf(box);
  if (prometheus === undefined) throw new Error(`box ${box.name} runs no Prometheus`);
  return prometheus;
}

/** @throws Error when the box runs no Alertmanager. */
export function alertmanagerOf(box: Box): Alertmanager {
  const { alertmanager } = monitoringOf(box);
  if (alertmanager === undefined) throw new Error(`box ${box.name} runs no Alertmanager`);
  return alertmanager;
}

/** The hosts of the servers, in the pool's order. */
export function serversOf(box: Box): readonly Host[] {
  const { pool } = monitoringOf(box);
  return entry(box.pools, pool, "pools of the box").members.map((member) =>
    entry(box.hosts, member, "hosts of the box"),
  );
}

/** The address on which a host's servers listen. */
export function ownAddress(box: Box, host: Host): string {
  const { network } = monitoringOf(box);
  return address(entry(host.addresses, network, `addresses of ${host.name}`), `address of ${host.name}`);
}

/** The addresses of the other hosts' servers. */
export function peerAddresses(box: Box, host: Host): string[] {
  return serversOf(box)
    .filter(({ name }) => name !== host.name)
    .map((other) => ownAddress(box, other));
}

/** One of the two programs that have pages. */
export interface Pages {
  readonly tool: "prometheus" | "alertmanager";
  readonly port: number;
  /** Where the program itself has them. */
  readonly path: string;
}

/** Where links in messages lead: to what the stack says, else through the box's front door, else to the server itself. */
export function externalUrl(box: Box, host: Host, { tool, port, path }: Pages): string {
  const { url } = monitoringOf(box);
  if (url !== undefined) return `${url.replace(/\/+$/, "")}${path}`;
  const behind = box.tools?.list.find(({ name }) => name === tool);
  if (behind !== undefined) return serviceUrl(box, behind.path);
  return `http://${endpoint(ownAddress(box, host), port, "server of monitoring")}${path}`;
}
