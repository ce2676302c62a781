import { isOn, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { listed } from "./reachable.ts";

const section = "monitoring";

/** Whether the section asks for a server of its own. */
export function hasServers({ monitoring }: Draft): boolean {
  return "prometheus" in monitoring || "alertmanager" in monitoring;
}

/** The network on which the servers listen: the one that is written, or the first that is fit. */
export function serverNetwork(draft: Draft): string | undefined {
  const { pool, network, networks = [] } = draft.monitoring;
  if (network !== undefined) return network;
  const members = membersOf(draft, pool);
  const { upstreamNetwork } = draft.webservers;
  return [upstreamNetwork, ...networks].find((one) => members.every((member) => isOn(draft, member, one)));
}

/** Servers that talk to each other, and are asked at one place, are on one network. */
export function* serversOnOneNetwork(draft: Draft): Generator<Violation> {
  const { pool, network, networks } = draft.monitoring;
  const members = membersOf(draft, pool);
  if (!hasServers(draft) || members.length === 0 || draft.refused.has(pathOf(section, "network"))) return;
  if (network === undefined) {
    if (networks === undefined || networks.includes(undefined) || serverNetwork(draft) !== undefined) return;
    const message = `the hosts of ${pool ?? ""} share none of ${networks.join(", ")}, and the servers of monitoring talk to each other: name a pool whose hosts are on one network`;
    yield { path: pathOf(section, "pool"), message };
    return;
  }
  const apart = members.filter((member) => !isOn(draft, member, network));
  if (!draft.networks.has(network) || apart.length === 0) return;
  const message = `"${network}": ${listed(apart)} not on it, and the servers of monitoring listen there: name a network that all hosts of ${pool ?? ""} are on`;
  yield { path: pathOf(section, "network"), message };
}
