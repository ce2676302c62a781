import { z } from "zod";
import { isOn, membersOf, type Draft } from "../../draft.ts";
import { configuredHosts } from "../../reach.ts";
import { closed } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";
import type { Violation } from "../../violations.ts";
import type { Section } from "../section.ts";

const schema = closed({
  pool: referenceTo("pools").describe("Pool of the hosts that monitoring runs on: only they are let in."),
  networks: z
    .array(referenceTo("networks"))
    .min(1, "is empty: name the networks on which monitoring asks hosts")
    .describe("Networks on which monitoring asks: of these the first that a host is on."),
  nodeExporter: closed({
    port: port.default(9100).describe("Port of the node exporter. Default 9100."),
  })
    .prefault({})
    .describe("Prometheus' node exporter, on every host that the stack configures."),
  nginxExporter: closed({
    port: port.default(9113).describe("Port of the exporter of nginx' metrics. Default 9113."),
  })
    .prefault({})
    .describe("What tells nginx' connections and requests, on every web server."),
})
  .optional()
  .describe("What monitoring gets of each host, and who may ask. Without this section nothing is installed for it.");

/** Monitoring as the stack declares it. */
export type Monitoring = NonNullable<z.output<typeof schema>>;

/** Every configured host is asked on a network that monitoring is on as well. */
function* reachableByMonitoring(draft: Draft): Generator<Violation> {
  const { pool, networks } = draft.monitoring;
  if (pool === undefined || networks === undefined || networks.includes(undefined)) return;
  const path = "monitoring.networks";
  const asked = (host: string) => networks.find((one) => isOn(draft, host, one));
  const hosts = configuredHosts(draft);
  const apart = hosts.filter((host) => asked(host) === undefined);
  if (apart.length > 0)
    yield { path, message: `${listed(apart)} on none of ${networks.join(", ")}: add a network where they are` };
  for (const network of draft.pools.has(pool) ? networks : []) {
    const lonely = hosts.filter((host) => asked(host) === network);
    if (lonely.length === 0 || membersOf(draft, pool).some((member) => isOn(draft, member, network))) continue;
    const message = `${listed(lonely)} asked on ${network}, where no host of ${pool} is: name another network first`;
    yield { path, message };
  }
}

/** "a is", "a and b are", "a, b, c and 4 more are" */
function listed(hosts: readonly string[]): string {
  const [first = "", ...others] = hosts;
  if (others.length === 0) return `${first} is`;
  if (hosts.length <= 3) return `${hosts.slice(0, -1).join(", ")} and ${hosts.at(-1) ?? ""} are`;
  return `${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more are`;
}

/** Who may ask the hosts how they are, and where. */
export const monitoring: Section<"monitoring", typeof schema> = {
  name: "monitoring",
  schema,
  rules: [reachableByMonitoring],
  resolve: ({ configuration }) => configuration.monitoring,
};
