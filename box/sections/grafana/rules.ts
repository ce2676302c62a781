import { isOn, membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { serverNetwork } from "../monitoring/network.ts";
import { grafanaPool, grafanaPort, runsGrafana } from "./place.ts";

const section = "grafana";

/** It shows what Prometheus knows, so there is one. */
export function* withPrometheus(draft: Draft): Generator<Violation> {
  if (!runsGrafana(draft) || "prometheus" in draft.monitoring) return;
  const message =
    "shows what Prometheus knows, and the box runs none: write monitoring.prometheus, or leave Grafana out";
  yield { path: section, message };
}

/** Its hosts are where Prometheus answers, and where nothing keeps web servers out. */
export function* grafanaHosts(draft: Draft): Generator<Violation> {
  if (!runsGrafana(draft) || !("prometheus" in draft.monitoring)) return;
  const path = pathOf(section, "pool");
  const pool = grafanaPool(draft);
  const members = membersOf(draft, pool);
  const network = serverNetwork(draft);
  const apart = members.find((host) => !isOn(draft, host, network));
  if (network !== undefined && draft.networks.has(network) && apart !== undefined)
    yield { path, message: `${apart} of ${pool ?? ""} is not on ${network}, where Prometheus answers: write a pool of hosts that are` }; // prettier-ignore
  const gateways = new Set(membersOf(draft, draft.kubeGateways.pool));
  const gateway = members.find((host) => gateways.has(host));
  if (gateway !== undefined)
    yield { path, message: `${gateway} of ${pool ?? ""} is a kube gateway, which lets nothing but routes in: write a pool of other hosts` }; // prettier-ignore
}

/** Web servers look for it where it is. */
export function* oneWayThere(draft: Draft): Generator<Violation> {
  const tool = draft.tools.grafana;
  if (!runsGrafana(draft) || tool?.upstream === undefined) return;
  const port = grafanaPort(draft);
  const asked = tool.upstream.port;
  if (port !== undefined && asked !== undefined && port !== asked)
    yield {
      path: pathOf(section, "port"),
      message: `${port} is not where web servers look for it (tools.grafana.upstream.port: ${asked}): write one of them, or the same in both`,
    };
  const pool = grafanaPool(draft);
  const askedPool = "pool" in tool.upstream ? tool.upstream.pool : draft.monitoring.pool;
  if (pool === undefined || askedPool === undefined || pool === askedPool) return;
  const said = "pool" in tool.upstream ? `tools.grafana.upstream.pool: ${askedPool}` : `tools.grafana.upstream.pool, by default that of monitoring: ${askedPool}`; // prettier-ignore
  if (draft.pools.has(pool) && draft.pools.has(askedPool))
    yield {
      path: pathOf(section, "pool"),
      message: `"${pool}" is not where web servers look for it (${said}): write the same pool in both`,
    };
}

/** A Grafana that nobody can come to is hardly meant. */
export function* withoutWay(draft: Draft): Generator<Violation> {
  if (!runsGrafana(draft) || draft.tools.grafana !== undefined) return;
  yield { path: section, message: "has no way through the web servers, so nobody sees it: write tools.grafana" };
}
