import type { Section } from "../section.ts";
import { membersOf, addressOn, type Draft } from "../../draft.ts";
import { grafanaNetwork, grafanaPool, grafanaPort } from "./place.ts";
import { grafanaHosts, oneWayThere, withoutWay, withPrometheus } from "./rules.ts";
import { schema } from "./schema.ts";

/** Grafana, which shows what Prometheus knows. */
export const grafana: Section<"grafana", typeof schema> = {
  name: "grafana",
  schema,
  rules: [withPrometheus, grafanaHosts, oneWayThere],
  warnings: [withoutWay],
  resolve: ({ draft, configuration: { grafana, tools } }) => {
    if (grafana === undefined) return undefined;
    const pool = grafanaPool(draft);
    const network = grafanaNetwork(draft);
    const port = grafanaPort(draft);
    if (pool === undefined || network === undefined || port === undefined)
      throw new Error("grafana was not resolved; a rule is missing");
    const path = tools?.grafana?.path ?? "/grafana/";
    const { repository } = grafana;
    return { repository, package: grafana.package, pool, network, port, path, url: `https://${nameOf(draft)}${path}` };
  },
};

/** The name that people ask for, or the address of the first web server where it has none. */
function nameOf(draft: Draft): string {
  const { serverNames = [], pool, network } = draft.webservers;
  // Of names of any depth the first that is one.
  const name = serverNames.find((one) => one !== undefined && !one.includes("*"));
  const [first = ""] = membersOf(draft, pool);
  return name ?? addressOn(draft, first, network) ?? "localhost";
}
