import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { grafanaFiles } from "../../render/grafana/index.ts";
import { dashboardsOf } from "../../render/grafana/dashboards/index.ts";
import { renderedDashboard } from "../../render/grafana/dashboards/dashboard.ts";
import { registry } from "../../render/registry.ts";
import { parseProtobox } from "../box/parsing.ts";
import { portConflicts } from "../../render/portConflicts.ts";
import { metricNames } from "./metricNames.ts";
import { assertGolden } from "./golden.ts";
import { grafanaBox } from "./sampleGrafana.ts";
import { queriesOf } from "./dashboardQueries.ts";

const box = grafanaBox();
const host = box.hosts["gateway-4"]!;
const page = (name: string): string => readFileSync(path.resolve(import.meta.dirname, "../..", name), "utf8");
const rules = ["recording", "routes", "addresses"].map((name) => page(`render/prometheus/rules/${name}.yml`)).join("\n"); // prettier-ignore

describe("grafana", () => {
  it("is on the hosts of its pool alone, open to monitoring, and to web servers by the tools", () => {
    const has = (name: string): boolean => registry.assembliesOf(box, box.hosts[name]!).some((one) => one.name === "grafana"); // prettier-ignore
    assert.deepEqual(Object.keys(box.hosts).filter(has), ["gateway-4", "gateway-5"]);
    const open = registry.portsOf(box, host).filter(({ purpose }) => /grafana/i.test(purpose));
    assert.deepEqual(
      open.map((one) => [one.purpose, one.network, "port" in one && one.port, one.from]),
      [
        ["Grafana", "gateway-network", 3000, ["192.168.2.15"]],
        ["grafana, for the web servers", "gateway-network", 3000, ["192.168.2.1", "192.168.2.2"]],
      ].sort(() => (open[0]?.purpose === "Grafana" ? 0 : -1)),
    );
    assert.deepEqual(portConflicts(registry, box), []);
    assert.ok(registry.metricsOf(box, host).some(({ job, port }) => job === "grafana" && port === 3000));
  });

  it("is told of the port that another program has", () => {
    const taken = grafanaBox({ port: 9090 }, { tools: undefined });
    assert.match(portConflicts(registry, taken).map(({ path: at, message }) => `${at}: ${message}`).join("\n"), /grafana\.port: port 9090 of gateway-4 on gateway-network is already that of Prometheus/); // prettier-ignore
  });

  it("asks the Prometheus of another host where its own has none, and is let in there", () => {
    const apart = grafanaBox({ pool: "other-pool" }, { "pools.other-pool": ["webserver-1"], tools: undefined });
    const files = grafanaFiles(apart, apart.hosts["webserver-1"]!);
    const sources = files.find(({ path: file }) => file.includes("datasources"))?.text ?? "";
    assert.match(
      sources,
      /uid: "gatebox-prometheus"\n.*\n.*\n.*\n +url: "http:\/\/192\.168\.2\.14:9090\/prometheus\/"/,
    );
    const prometheus = registry.portsOf(apart, apart.hosts["gateway-5"]!).find(({ purpose }) => purpose === "Prometheus"); // prettier-ignore
    assert.deepEqual(prometheus?.from, ["192.168.2.14", "192.168.2.1"]);
  });

  it("has the same files as before", () => {
    const files = grafanaFiles(box, host).filter(({ path: file }) => !/^(?:lifecycle\/(?:check|activate|probe|deactivate)$|scripts\/)/.test(file)); // prettier-ignore
    for (const { path: file, text } of files) assertGolden(`grafana/${file}`, text);
  });

  it("shows what the box has: no NAT, addresses or requests without", () => {
    const titles = (one: typeof box): string[] => dashboardsOf(one).map(({ title }) => title);
    assert.deepEqual(titles(box), ["The way of a request", "Addresses", "Hosts", "NAT", "Storage", "Changes"]);
    assert.deepEqual(titles({ ...box, natGateways: [], virtualIps: {} }), ["The way of a request", "Hosts", "Storage", "Changes"]); // prettier-ignore
    const without = parseProtobox({});
    assert.doesNotMatch(JSON.stringify(dashboardsOf({ ...box, sharedVolumes: without.sharedVolumes })), /gluster/);
  });

  it("draws the way of a request with the box's own hosts and addresses", () => {
    const text = renderedDashboard(dashboardsOf(box)[0]!).text;
    for (const one of ["webserver-2", "gateway-3", "VIP 192.168.0.33", "clients", "3 pods"])
      assert.ok(text.includes(one), one);
  });

  for (const dashboard of dashboardsOf(box))
    it(`asks on "${dashboard.title}" for what somebody tells, and has each panel in a place of its own`, () => {
      const { text } = renderedDashboard(dashboard);
      const model = JSON.parse(text) as { panels: { id: number; title: string; gridPos: { x: number; y: number; w: number; h: number } }[] }; // prettier-ignore
      const taken = new Set<string>();
      for (const { title, gridPos } of model.panels)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(x < 24 && !taken.has(`${x} ${y}`), `${title} lies over another panel at ${x}, ${y}`);
            taken.add(`${x} ${y}`);
          }
      const docs = page("docs/metrics.md") + page("docs/shared-volumes.md");
      for (const expr of queriesOf(text))
        for (const name of namesIn(expr)) {
          const isTold = name.includes(":")
            ? rules.includes(`record: ${name}\n`)
            : name.startsWith("gatebox_")
              ? docs.includes(`\`${name}\``) || (/^gatebox_gluster_/.test(name) && docs.includes(name))
              : metricNames.has(name);
          assert.ok(isTold, `nobody tells ${name}, which "${dashboard.title}" asks for: ${expr}`);
        }
    });
});

/** The metrics of an expression: names that stand before no parenthesis, outside of braces, quotes and grouping. */
function namesIn(expr: string): string[] {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, "")
    .replace(/\{[^}]*\}/g, "")
    .replace(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, "")
    .replace(/\[[^\]]*\]/g, "");
  return [...bare.matchAll(/[a-zA-Z_][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g)]
    .map(([name]) => name)
    .filter((name) => !["or", "and", "unless", "bool"].includes(name));
}
