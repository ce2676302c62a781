/** What the sources of a host tell, asked by the real scripts. */
import assert from "node:assert/strict";
import type { Box, Host } from "../../../box/model.ts";
import type { Assembly, MetricsSource } from "../../../render/assembly.ts";
import { metricsAssembly } from "../../../render/metrics/index.ts";
import { registryOf } from "../../../render/registryOf.ts";
import type { TreeFile } from "../../../render/treeFile.ts";
import type { Sandbox } from "./sandbox.ts";

export const textfiles = "/var/lib/prometheus/node-exporter";
export const notes = "/run/gatebox/metrics";

/** The tree of the metrics of a host that has these assemblies. */
export function metricsTree(box: Box, host: Host, others: readonly Assembly[]): readonly TreeFile[] {
  const assembly = metricsAssembly(others);
  return assembly.files(box, host, registryOf([...others, assembly]));
}

/** An assembly of all hosts that brings nothing but sources. */
export function bringing(...sources: readonly MetricsSource[]): Assembly {
  const pools = (box: Box): string[] => Object.keys(box.pools);
  return { name: "other", pools, programs: [], files: () => [], metricsSources: () => sources };
}

/** Makes a tree of metrics the live one of a sandbox. */
export function applyMetrics(host: Sandbox, files: readonly TreeFile[]): void {
  host.run(`mkdir -p ${textfiles}`);
  const { code, stderr } = host.apply("metrics", files);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
}

/** Has sources asked, all by default, and returns the samples of one: what stands behind `gatebox_`, and its value. */
export function told(host: Sandbox, source: string, ask = true): Record<string, number> {
  if (ask) {
    const { code, stderr } = host.run(`perl /etc/gatebox/metrics/scripts/collect ${source}`);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }
  return samples(host.run(`cat ${textfiles}/gatebox_${source}.prom`).stdout);
}

/** `{ 'vip_holder{vip="nat"}': 1 }` of a text for Prometheus. */
export function samples(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith("gatebox_"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice("gatebox_".length, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Has Prometheus' own checker look at all that has been told; it complains of bad names and missing help as well. */
export function assertWellFormed(host: Sandbox): void {
  const look = `for one in ${textfiles}/*.prom; do promtool check metrics <"$one" || exit 1; done`;
  const { code, stdout, stderr } = host.run(look);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
}
