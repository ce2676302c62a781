/** Where Grafana is, and which Prometheus it asks. */
import type { Box, Grafana, Host } from "../../box/model.ts";
import { grafanaOf } from "../../box/sectionOf.ts";
import { monitoringOf, ownAddress, prometheusOf, serversOf } from "../prometheus/place.ts";
import { prometheusPath } from "../prometheus/configuration.ts";
import { address, endpoint, entry } from "../scalars.ts";
import { prometheusUid } from "./dashboards/panels.ts";

/** The assembly. */
export const grafanaName = "grafana";

/** The hosts that run it, in the pool's order. */
export function grafanaHosts(box: Box): readonly Host[] {
  const { pool } = grafanaOf(box);
  return entry(box.pools, pool, "pools of the box").members.map((member) => entry(box.hosts, member, "hosts of the box")); // prettier-ignore
}

/** The address on which a host's Grafana listens. */
export function grafanaAddress({ network }: Grafana, host: Host): string {
  return address(entry(host.addresses, network, `addresses of ${host.name}`), `address of ${host.name}`);
}

/** One Prometheus as a data source. */
export interface Source {
  readonly uid: string;
  readonly name: string;
  readonly url: string;
}

/** The Prometheus that panels ask, first: the host's own where it has one. Then the others, for whoever wants to compare. */
export function sourcesOf(box: Box, host: Host): Source[] {
  const servers = serversOf(box);
  const own = servers.find(({ name }) => name === host.name) ?? servers[0];
  const others = servers.filter((server) => server !== own);
  const { port } = prometheusOf(box);
  return [...(own === undefined ? [] : [own]), ...others].map((server, index) => ({
    uid: index === 0 ? prometheusUid : `${prometheusUid}-${server.name}`,
    name: index === 0 ? "Prometheus" : `Prometheus of ${server.name}`,
    url: `http://${endpoint(ownAddress(box, server), port, "Prometheus")}${prometheusPath}`,
  }));
}

/** Addresses of hosts with a Grafana on which they ask Prometheus; none where the box runs no Grafana. */
export function askingAddresses(box: Box): string[] {
  if (box.grafana === undefined) return [];
  const { network } = monitoringOf(box);
  return grafanaHosts(box).flatMap(({ addresses }) => addresses[network] ?? []);
}
