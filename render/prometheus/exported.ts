/** What a Prometheus that is not the stack's asks, and by which rules it tells of faults. */
import type { Box } from "../../box/model.ts";
import type { Registry } from "../assembly.ts";
import { entry } from "../scalars.ts";
import type { TreeFile } from "../treeFile.ts";
import { scrapeConfigs } from "./configuration.ts";
import { rulesOf } from "./rules.ts";
import { jobsOf, targetsFile, targetsOf } from "./targets.ts";
import { timingOf } from "./timing.ts";

/**
 * `prometheus.yml`, `targets/JOB.json` and `rules/NAME.yml` for a Prometheus of the operator's own on the hosts of monitoring's
 * pool: nothing where the box has no monitoring, or runs its own.
 *
 * @example exportedMonitoring(box, registry)[0].path // "prometheus.yml"
 */
export function exportedMonitoring(box: Box, registry: Registry): TreeFile[] {
  const { monitoring } = box;
  if (monitoring === undefined || monitoring.prometheus !== undefined) return [];
  const [first] = entry(box.pools, monitoring.pool, "pools of the box").members;
  const server = first === undefined ? undefined : box.hosts[first];
  if (server === undefined) return [];
  const targets = targetsOf(box, server, registry);
  const timing = timingOf({});
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text(
      "prometheus.yml",
      `# For a Prometheus of your own, on the hosts of ${monitoring.pool}.
global:
  scrape_interval: ${timing.scrape}s
  scrape_timeout: ${timing.scrapeTimeout}s
  evaluation_interval: ${timing.evaluation}s

rule_files:
  - rules/*.yml

scrape_configs:
${scrapeConfigs(targets, timing, "targets")}`,
    ),
    ...jobsOf(targets).map((job) => text(`targets/${job}.json`, targetsFile(targets.filter((one) => one.job === job)))),
    ...rulesOf(box).map((file) => ({ ...file, path: file.path.replace(/^prometheus\//, "") })),
  ];
}
