/** The rules of a box: files of Prometheus' own kind beside this one, with the durations that follow from its settings. */
import type { Box } from "../../box/model.ts";
import { script } from "../script.ts";
import type { TreeFile } from "../treeFile.ts";
import { timingOf } from "./timing.ts";

/** The files in `rules/`, without `.yml`. */
export const ruleFiles = ["hosts", "routes", "addresses", "gatebox", "cluster", "servers", "recording"] as const;

/**
 * The files of rules on a host: the box's own, `rules/gatebox-NAME.yml`, then the operator's, `rules/own-NAME.yml`.
 *
 * @example rulesOf(box)[0].path // "prometheus/rules/gatebox-hosts.yml"
 */
export function rulesOf(box: Box): TreeFile[] {
  const own = Object.entries(box.monitoring?.prometheus?.rules ?? {}).map(
    ([name, text]) => [`own-${name}`, text] as const,
  );
  const made = ruleFiles.map((name) => [`gatebox-${name}`, ruleText(name, box)] as const);
  return [...made, ...own].map(([name, text]) => ({ path: `prometheus/rules/${name}.yml`, mode: "0644", text }));
}

/** One file, with its durations. */
function ruleText(name: (typeof ruleFiles)[number], box: Box): string {
  const { scrape, evaluation } = timingOf(box.monitoring ?? {});
  const durations: Readonly<Record<string, number>> = {
    scrape,
    evaluation,
    two_scrapes: 2 * scrape,
    scrape_and_evaluation: scrape + evaluation,
  };
  const text = script(import.meta.dirname, `rules/${name}.yml`);
  // Labels of alerts are $labels and $value, groups of expressions $1: all others are durations.
  return text.replace(/\$([a-z_]+)/g, (whole, key: string) =>
    Object.hasOwn(durations, key) ? `${durations[key] ?? 0}s` : whole,
  );
}
