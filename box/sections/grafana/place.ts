import { isOn, membersOf, type Draft } from "../../draft.ts";
import { serverNetwork } from "../monitoring/network.ts";
import { toolPrograms } from "../tools/programs.ts";

/** Whether the box runs a Grafana of its own. */
export function runsGrafana(draft: Draft): boolean {
  return draft.written.has("grafana");
}

/** The pool of its hosts: the one that is written, or monitoring's. */
export function grafanaPool({ grafana, monitoring }: Draft): string | undefined {
  return "pool" in grafana ? grafana.pool : monitoring.pool;
}

/** Its port: the one that is written, or that on which web servers look for it. */
export function grafanaPort({ grafana, tools }: Draft): number | undefined {
  if ("port" in grafana) return grafana.port;
  return tools.grafana === undefined ? toolPrograms.grafana.port : tools.grafana.upstream?.port;
}

/** The network that it listens on: web servers' where all its hosts are on it, else that of the servers of monitoring. */
export function grafanaNetwork(draft: Draft): string | undefined {
  const { upstreamNetwork } = draft.webservers;
  const members = membersOf(draft, grafanaPool(draft));
  return members.every((host) => isOn(draft, host, upstreamNetwork)) ? upstreamNetwork : serverNetwork(draft);
}
