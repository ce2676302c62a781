/** A box that shows what it knows of itself. */
import type { Box } from "../../box/index.ts";
import { grafanaFiles, grafanaSecretFiles } from "../../render/grafana/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { hashicorp } from "../box/aptKeys.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";
import { sharedVolumes } from "../box/sharedVolumes.ts";
import { monitoringPlace } from "./sampleMonitoring.ts";

/** Where the Protobox could get Grafana from. */
export const grafanaRepository = { ...hashicorp, url: "https://apt.example.org/grafana", suite: "stable" };

/** What a stack file says for it. */
export const grafanaChanges: Changes = {
  "aptRepositories.grafana": grafanaRepository,
  monitoring: { ...monitoringPlace, prometheus: {} },
  grafana: { repository: "grafana" },
  tools: { grafana: {} },
};

/** Grafana on gateway-4 and gateway-5, with everything that there is a dashboard for. */
export function grafanaBox(grafana: object = {}, others: Changes = {}): Box {
  const changes = { ...grafanaChanges, sharedVolumes, grafana: { repository: "grafana", ...grafana }, ...others };
  return parseProtobox(changes);
}

export const grafanaSecrets = {
  adminPassword: 'quo"te\\#;horse-battery',
  secretKey: "a-key-of-forty-letters-of-which-none-says",
};

/** All files of it on gateway-4, secrets included. */
export function grafanaTree(box = grafanaBox(), secrets = grafanaSecrets): TreeFile[] {
  return [...grafanaFiles(box, box.hosts["gateway-4"]!), ...grafanaSecretFiles(secrets)];
}
