/** What assemblies say of their own changes, against the shell that acts on a host. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseBox, type Box } from "../../box/index.ts";
import type { Effect } from "../../render/assembly.ts";
import { boxUnits } from "../../render/boxUnits.ts";
import { hasEffect } from "../../render/effectFiles.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { protoboxFiles, protoboxKnownHosts, wholeProtoboxValues } from "../box/protobox.ts";
import { consulBox } from "./sampleConsul.ts";
import { dnsBox } from "./sampleDns.ts";
import { gitlabBox, wholeGitlabBox } from "./sampleGitlab.ts";
import { grafanaBox, grafanaTree } from "./sampleGrafana.ts";
import { monitoredBox } from "./sampleMonitoring.ts";

const boxes: readonly Box[] = [
  parseBox({
    name: "protobox",
    values: wholeProtoboxValues(),
    readFile: (file) => protoboxFiles[file],
    knownHosts: protoboxKnownHosts(),
  }),
  dnsBox(),
  monitoredBox(),
  grafanaBox(),
  wholeGitlabBox(),
  gitlabBox({ runners: { pool: "runners-pool" } }),
  consulBox(),
];

const known = new Map<Box, ReturnType<typeof boxUnits>>();

function unitsOf(box: Box): ReturnType<typeof boxUnits> {
  const units = known.get(box) ?? boxUnits(box, "gatebox");
  known.set(box, units);
  return units;
}

/** All files of an assembly, on a host that has most of them. */
function treeOf(assembly: string): readonly TreeFile[] {
  const trees = boxes.flatMap((box) => {
    const units = unitsOf(box).filter((unit) => unit.assembly === assembly);
    return [...Map.groupBy(units, ({ host }) => host).values()].map((own) => own.flatMap(({ files }) => files));
  });
  const [largest = []] = trees.sort((one, other) => other.length - one.length);
  const more = assembly === "grafana" ? grafanaTree(boxes[3]) : [];
  return [...new Map([...largest, ...more].map((file) => [file.path, file])).values()];
}

const activateOf = (tree: readonly TreeFile[]): string =>
  tree.find(({ path }) => path === "lifecycle/activate")?.text ?? "";

/** What a script decides by: a command that prints another text where the program has to do something. */
interface Decision {
  readonly assembly: string;
  readonly unit: string;
  readonly does: Effect["does"];
  /** Called with the tree as $1, all functions of the script at hand. */
  readonly prints: string;
}

const started = 'started_with "$1"';
const serviceOf = (file: string): string => `service_part "$1/systemd/${file}"`;

const decisions: readonly Decision[] = [
  { assembly: "gateway", unit: "haproxy.service", does: "reload", prints: 'haproxy_sum "$1"' },
  { assembly: "gateway", unit: "haproxy.service", does: "restart", prints: serviceOf("haproxy.conf") },
  { assembly: "gateway", unit: "gatebox-stalled-gateway.service", does: "restart", prints: "CURRENT=$1 stalled_started_with gatebox-stalled-gateway.service" },
  { assembly: "gateway", unit: "gatebox-frozen-gateway.service", does: "restart", prints: "CURRENT=$1 frozen_started_with gatebox-frozen-gateway.service" },
  { assembly: "webserver", unit: "nginx.service", does: "reload", prints: 'nginx_sum "$1"' },
  { assembly: "webserver", unit: "nginx.service", does: "restart", prints: serviceOf("nginx.conf") },
  { assembly: "webserver", unit: "gatebox-stalled-webserver.service", does: "restart", prints: "CURRENT=$1 stalled_started_with gatebox-stalled-webserver.service" },
  { assembly: "webserver", unit: "gatebox-frozen-webserver.service", does: "restart", prints: "CURRENT=$1 frozen_started_with gatebox-frozen-webserver.service" },
  { assembly: "nginx-exporter", unit: "prometheus-nginx-exporter.service", does: "restart", prints: started },
  { assembly: "node-exporter", unit: "prometheus-node-exporter.service", does: "restart", prints: started },
  { assembly: "nat", unit: "gatebox-nat.service", does: "reload", prints: 'sum_of "$1"' },
  { assembly: "nat", unit: "conntrackd.service", does: "restart", prints: 'conntrackd_sum "$1"' },
  { assembly: "control-plane", unit: "gatebox-control-plane.service", does: "reload", prints: 'haproxy_sum "$1"' },
  { assembly: "control-plane", unit: "gatebox-control-plane.service", does: "restart", prints: serviceOf("gatebox-control-plane.service") },
  { assembly: "control-plane", unit: "gatebox-control-plane-sessions.service", does: "restart", prints: started },
  { assembly: "vip", unit: "keepalived.service", does: "reload", prints: 'kept=/nonexistent; sum_of "$1"' },
  { assembly: "vip", unit: "keepalived.service", does: "restart", prints: 'service_part "$1/systemd/keepalived.conf" && cat "$1/scripts/start"' },
  { assembly: "vip", unit: "gatebox-vip-health.service", does: "restart", prints: "CURRENT=$1; started_with health" },
  { assembly: "vip", unit: "gatebox-vip-watch.service", does: "restart", prints: "CURRENT=$1; started_with watch" },
  { assembly: "container-runtime", unit: "containerd.service", does: "restart", prints: started },
  { assembly: "registry", unit: "docker-registry.service", does: "restart", prints: started },
  { assembly: "gluster", unit: "glusterd.service", does: "restart", prints: started },
  { assembly: "alertmanager", unit: "prometheus-alertmanager.service", does: "restart", prints: started },
  { assembly: "alertmanager", unit: "prometheus-alertmanager.service", does: "reload", prints: 'assembly=alertmanager; reads "$1"' },
  { assembly: "prometheus", unit: "prometheus.service", does: "restart", prints: started },
  { assembly: "prometheus", unit: "prometheus.service", does: "reload", prints: 'assembly=prometheus; reads "$1"' },
  { assembly: "grafana", unit: "grafana-server.service", does: "restart", prints: started },
  { assembly: "dns", unit: "gatebox-dns.service", does: "restart", prints: 'unit=gatebox-dns.service; started_with "$1"' },
  { assembly: "dns", unit: "gatebox-dns.service", does: "reload", prints: 'loaded "$1"' },
  { assembly: "gitlab", unit: "gitlab-runsvdir.service", does: "restart", prints: 'number_of "$1"' },
  { assembly: "consul", unit: "consul.service", does: "restart", prints: started },
]; // prettier-ignore

/** Functions of a script, and the names that it gives once, without anything that acts. */
function functionsOf(script: string): string {
  const functions = script.match(/^\w+\(\) \{.*\n(?:(?!\}).*\n)*\}/gm) ?? [];
  const names = script.match(/^(?:sysctl_files|haproxy_unit|unit|notes|sessions)=.*$/gm) ?? [];
  return [...names, ...functions, ""].join("\n");
}

describe("the effects that assemblies declare", () => {
  let scratch: string;
  before(() => (scratch = mkdtempSync(path.join(tmpdir(), "gatebox-effects-"))));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const { assembly, unit, does, prints } of decisions) {
    it(`${assembly}: a ${does} of ${unit} follows from the very files that its script decides by`, () => {
      const tree = treeOf(assembly);
      const effect = registry.assemblies
        .find(({ name }) => name === assembly)
        ?.effects?.find((one) => one.unit === unit && one.does === does);
      assert.ok(effect, "declares none");
      const candidates = tree.map(({ path }) => path).filter((path) => !/^lifecycle\/(?!settings)/.test(path));
      const script = `${functionsOf(activateOf(tree))}\ndecide() {\n${prints}\n}\n`;
      const [before, first, ...answers] = decided(script, tree, effect.serviceOf ?? "-", candidates);
      assert.equal(first, before, "not what stands before [Service]");
      const acting = candidates.filter((_, index) => answers[index] !== before);
      const declared = candidates.filter((path) => hasEffect(effect, path));
      assert.deepEqual(declared, acting);
    }).timeout(60_000);
  }

  /** What a script decides by, as numbers: by the tree, with a line before one file's first, and with each of some files changed. */
  function decided(script: string, tree: readonly TreeFile[], headed: string, files: readonly string[]): string[] {
    const place = path.join(scratch, "tree");
    rmSync(place, { recursive: true, force: true });
    for (const file of tree) {
      mkdirSync(path.dirname(path.join(place, file.path)), { recursive: true });
      writeFileSync(path.join(place, file.path), file.text);
    }
    const file = path.join(scratch, "decide.sh");
    writeFileSync(file, `${script}${readFileSync(path.join(import.meta.dirname, "decide-each.sh"), "utf8")}`);
    const options = { encoding: "utf8", timeout: 60_000 } as const;
    const answers = execFileSync("sh", [file, place, headed, ...files], options)
      .trim()
      .split("\n");
    assert.notEqual(answers[0], "4294967295 0", "it decides by nothing");
    return answers;
  }

  /** What users never see: timers, and what is started once more for itself. */
  const unseen = ["gatebox-vip-join.service", "gatebox-gluster-metrics.timer", "$timer"];
  for (const { name, effects = [] } of registry.assemblies) {
    it(`${name}: names every unit that its script reloads or starts again`, () => {
      const script = activateOf(treeOf(name));
      assert.notEqual(script, "", "has no tree in any of the boxes");
      const calls = [...script.matchAll(/^[^#\n]*\bsystemctl (?:--quiet )?(reload|restart) "?([\w$@.{}-]+)"?/gm)];
      const names: Readonly<Record<string, readonly string[]>> = {
        $unit: effects.map(({ unit }) => unit),
        $haproxy_unit: ["haproxy.service", "gatebox-control-plane.service"],
        $1: ["stalled", "frozen"].flatMap((one) => [
          `gatebox-${one}-gateway.service`,
          `gatebox-${one}-webserver.service`,
        ]),
        $spool_unit: ["var-lib-nginx.mount"],
        $sessions: ["gatebox-control-plane-sessions.service"],
        "gatebox-vip-$one.service": ["gatebox-vip-health.service", "gatebox-vip-watch.service"],
      };
      for (const [, does = "", unit = ""] of calls) {
        if (unseen.includes(unit)) continue;
        const possible = names[unit] ?? [unit];
        const isTold = effects.some((effect) => possible.includes(effect.unit) && effect.does === does);
        assert.ok(isTold, `systemctl ${does} ${unit}`);
      }
    });
  }
});
