import { z } from "zod";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";

const explainKey: KeyExplanation = (key) => {
  if (/password|secret/i.test(key))
    return "a secret of the stack: `pulumi config set --secret gatebox:grafanaPassword`, or leave it out and it is generated";
  if (/^(?:path|url|rootUrl|domain)$/.test(key)) return "that of `tools.grafana`: write `path` there";
  if (/anonymous|signUp|embedding/i.test(key)) return "always off: who looks at the box logs in";
  return undefined;
};

/** Section `grafana`. */
export const schema = closed(
  {
    repository: referenceTo(
      "aptRepositories",
      undefined,
      "Debian and Ubuntu have no package of Grafana, so write the entry of aptRepositories that has it",
    ).describe("The entry of `aptRepositories` that the package comes from: Debian and Ubuntu have none."),
    package: z
      .enum(["grafana", "grafana-enterprise"])
      .default("grafana")
      .describe("Name of the package. Default `grafana`; a host can have one of the two."),
    pool: referenceTo("pools")
      .optional()
      .describe("Pool of the hosts that run it, each by itself. Default: that of `monitoring`."),
    port: port
      .optional()
      .describe("Port that it listens on, for the web servers alone. Default: that of `tools.grafana`, 3000."),
  },
  explainKey,
)
  .optional()
  .describe(
    "Grafana with the box's dashboards, on what Prometheus knows (`monitoring.prometheus`); people come to it through " +
      "`tools.grafana`. Without this section it is not installed.",
  );
