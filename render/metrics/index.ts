/**
 * The assembly `metrics`: what monitoring is told of a host that no program tells over HTTP. Sources of the host's assemblies are
 * asked by a timer and when what they tell has changed, and node exporter passes it on from its textfile directory.
 *
 * Who holds an address, what rules have refused, what has become of Gatebox' own transactions: each assembly says what tells
 * of it (`Assembly.metricsSources`), and nothing here knows a program by name.
 */
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type MetricsSource, type Registry } from "../assembly.ts";
import { hasAssembly } from "../registryOf.ts";
import { name, wholeNumber } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { metricsPath, metricsService, metricsTimer } from "./units.ts";

const assembly = "metrics";
const units = ["gatebox-metrics.service", "gatebox-metrics.timer", "gatebox-metrics.path"] as const;
const steps = ["check", "activate", "probe", "deactivate"] as const;

/**
 * The metrics of all hosts that have any of the other assemblies, where the box has monitoring.
 *
 * @example registryOf([...others, metricsAssembly(others)])
 */
export function metricsAssembly(others: readonly Assembly[]): Assembly {
  return {
    name: assembly,
    pools: (box) => (box.monitoring === undefined ? [] : [...new Set(others.flatMap(({ pools }) => pools(box)))]),
    only: (box, host) => others.some((other) => hasAssembly(other, box, host)),
    // Node exporter's package brings the directory, and each assembly what its sources ask.
    programs: [],
    effects: [
      { unit: "gatebox-metrics.timer", does: EffectKind.Restart, files: ["systemd/gatebox-metrics.timer"] },
      { unit: "gatebox-metrics.path", does: EffectKind.Restart, files: ["systemd/gatebox-metrics.path"] },
    ],
    files: metricsFiles,
  };
}

/**
 * The assembly on one host.
 *
 * @throws Error for sources of one name that are not one, and for names that cannot be those of files.
 */
export function metricsFiles(box: Box, host: Host, registry: Registry): TreeFile[] {
  const assemblies = registry.assembliesOf(box, host).map((one) => one.name);
  const sources = joined([...registry.metricsSourcesOf(box, host), itself(assemblies)]);
  const moving = sources.filter(({ virtualIps = [] }) => virtualIps.length > 0);
  const movingIps = [...new Set(moving.flatMap(({ virtualIps = [] }) => virtualIps))];
  return [
    executable("scripts/collect", "collect.pl"),
    text("sources.list", sources.map(sourceLine).join("")),
    ...sources.flatMap((source) => [
      text(`sources/${source.name}.pl`, source.script),
      text(`sources/${source.name}.list`, (source.list ?? []).map((line) => `${line}\n`).join("")),
    ]),
    ...movingIps.map((vip) => executable(`vip-events/${name(vip, "name of a virtual IP")}`, "moved.sh")),
    text("systemd/gatebox-metrics.service", metricsService()),
    text("systemd/gatebox-metrics.timer", metricsTimer()),
    text("systemd/gatebox-metrics.path", metricsPath(sources.flatMap(({ after = [] }) => after))),
    // What it reads names them itself.
    usedInterfaces([]),
    text("lifecycle/settings", settings({ on_moves: moving.map((source) => source.name).join(" ") })),
    ...steps.map((step) => executable(`lifecycle/${step}`, `${step}.sh`)),
    text("lifecycle/links", units.map((unit) => `/etc/systemd/system/${unit} systemd/${unit}\n`).join("")),
  ];
}

/** What has become of the transactions of these assemblies, and whether their files are still those. */
function itself(assemblies: readonly string[]): MetricsSource {
  return {
    name: "gatebox",
    script: script(import.meta.dirname, "gatebox.pl"),
    every: 300,
    after: assemblies.map((one) => `/var/lib/gatebox/${name(one, "assembly")}/record`),
  };
}

function joined(sources: readonly MetricsSource[]): MetricsSource[] {
  const byName = new Map<string, MetricsSource>();
  for (const source of sources) {
    const other = byName.get(name(source.name, "source of metrics"));
    if (other && (other.script !== source.script || other.every !== source.every))
      throw new Error(`two sources of metrics have the name ${source.name}`);
    byName.set(source.name, {
      ...source,
      list: [...(other?.list ?? []), ...(source.list ?? [])],
      after: [...new Set([...(other?.after ?? []), ...(source.after ?? [])])],
      virtualIps: [...new Set([...(other?.virtualIps ?? []), ...(source.virtualIps ?? [])])],
    });
  }
  return [...byName.values()];
}

/** `NAME SECONDS FILE…` */
function sourceLine({ name: source, every, after = [] }: MetricsSource): string {
  return `${[source, wholeNumber(every, 15, `seconds of the source ${source}`), ...after].join(" ")}\n`;
}

function text(path: string, content: string): TreeFile {
  return { path, mode: "0644", text: content };
}

function executable(path: string, file: string): TreeFile {
  return { path, mode: "0755", text: script(import.meta.dirname, file) };
}
