/** The configuration of Prometheus 2.42, Debian 12's. @see https://prometheus.io/docs/prometheus/2.42/configuration/configuration/ */
import type { Box, Host, Prometheus } from "../../box/model.ts";
import { remoteWriteSecret } from "../../box/sections/monitoring/secrets.ts";
import { endpoint, name } from "../scalars.ts";
import { alertmanagerOf, monitoringOf, ownAddress, prometheusOf, serversOf } from "./place.ts";
import { jobsOf, type Target } from "./targets.ts";
import { timingOf, type Timing } from "./timing.ts";

/** The assembly. */
export const prometheusName = "prometheus";

/** Where Prometheus looks for its targets: one place through all generations, so that it sees a file that is replaced. */
export const targetsPlace = "/run/gatebox-prometheus/targets";

/** Where Prometheus finds what it sends on with, readable to its group. */
export const secretsPlace = "/run/gatebox-prometheus/secrets";

/** The path below which Prometheus answers, as it does behind the box's front door. */
export const prometheusPath = "/prometheus/";

/** The path below which Alertmanager answers. */
export const alertmanagerPath = "/alertmanager/";

/** A text as YAML takes it whatever stands in it: JSON is YAML. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * `prometheus/prometheus.yml`. Both servers of a box have the same but for `replica`, which only what is sent on has: the labels
 * of alerts are the same, or there would be two messages.
 *
 * @param targets what there is to ask; see `targetsOf`
 */
export function prometheusConfiguration(box: Box, host: Host, targets: readonly Target[]): string {
  const { remoteWrite } = prometheusOf(box);
  const timing = timingOf(monitoringOf(box));
  return `# Prometheus of the box. Made by Gatebox: changes by hand are lost. What is asked stands in ${targetsPlace}.
global:
  scrape_interval: ${timing.scrape}s
  scrape_timeout: ${timing.scrapeTimeout}s
  evaluation_interval: ${timing.evaluation}s
  external_labels:
    box: ${quoted(box.name)}

rule_files:
  - rules/*.yml

${alerting(box)}${remoteWrite === undefined ? "" : sending(remoteWrite, host)}scrape_configs:
${scrapeConfigs(targets, timing)}`;
}

/** The jobs, whose targets are in `place`. */
export function scrapeConfigs(targets: readonly Target[], timing: Timing, place = targetsPlace): string {
  return jobsOf(targets)
    .map((job) => {
      // What a host says of others keeps their labels: Gatebox' assemblies, say.
      const honored = job === "node" ? "    honor_labels: true\n" : "";
      return `  - job_name: ${name(job, "job")}
${honored}${parametersOf(targets, job)}    file_sd_configs:
      - files: [${quoted(`${place}/${job}.json`)}]
        refresh_interval: ${4 * timing.scrape}s
`;
    })
    .join("");
}

/** What each question of a job says: parameters of one name come several times, which labels of a target cannot have. */
function parametersOf(targets: readonly Target[], job: string): string {
  const parameters = Object.entries(targets.find((target) => target.job === job)?.parameters ?? {});
  if (parameters.length === 0) return "";
  const lines = parameters.map(
    ([key, values]) => `      ${name(key, "parameter")}: [${values.map(quoted).join(", ")}]\n`,
  );
  return `    params:\n${lines.join("")}`;
}

function alerting(box: Box): string {
  if (box.monitoring?.alertmanager === undefined) return "";
  const { port } = alertmanagerOf(box);
  const places = serversOf(box).map((server) => quoted(endpoint(ownAddress(box, server), port, "Alertmanager")));
  return `# Each Prometheus tells every Alertmanager: these find out by themselves which one sends.
alerting:
  alertmanagers:
    - path_prefix: ${alertmanagerPath}
      static_configs:
        - targets: [${places.join(", ")}]

`;
}

function sending({ url, authentication, username }: NonNullable<Prometheus["remoteWrite"]>, host: Host): string {
  const file = quoted(`${secretsPlace}/${remoteWriteSecret}`);
  const credentials = {
    none: "",
    basic: `    basic_auth:\n      username: ${quoted(username ?? "")}\n      password_file: ${file}\n`,
    bearer: `    authorization:\n      credentials_file: ${file}\n`,
  }[authentication];
  return `remote_write:
  - url: ${quoted(url)}
${credentials}    write_relabel_configs:
      - target_label: replica
        replacement: ${quoted(host.name)}

`;
}
