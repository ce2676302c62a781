import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { renderedDashboard } from "../../render/grafana/dashboards/dashboard.ts";
import { dashboardsOf } from "../../render/grafana/dashboards/index.ts";
import { registry } from "../../render/registry.ts";
import { queriesOf } from "./dashboardQueries.ts";
import { toldBy } from "./metricNames.ts";
import { grafanaBox } from "./sampleGrafana.ts";
import { monitoringPlace } from "./sampleMonitoring.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

const box = grafanaBox({}, { monitoring: { ...monitoringPlace, prometheus: { scrapeInterval: "1s" } } });
const prometheus = registry.assemblies.find(({ name }) => name === "prometheus")!;
const files = prometheus.files(box, box.hosts["gateway-4"]!, registry);

/** Where Prometheus looks for a program of a host. */
function placeOf(job: string, host: string): string {
  const groups = JSON.parse(files.find(({ path }) => path === `targets/${job}.json`)?.text ?? "[]") as { targets: [string]; labels: { host: string } }[]; // prettier-ignore
  return groups.find(({ labels }) => labels.host === host)?.targets[0] ?? "";
}
const places = {
  node: placeOf("node", "gateway-4"),
  haproxy: placeOf("haproxy", "gateway-1"),
  nginx: placeOf("nginx", "webserver-1"),
};

const haproxyConfiguration = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend metrics
  bind ${places.haproxy}
  http-request use-service prometheus-exporter if { path /metrics }
frontend in
  bind 127.0.0.1:8081
  default_backend argocd-30165
backend argocd-30165
  server nginx 127.0.0.1:8080
`;

const nginxConfiguration = `pid /run/one.pid; error_log /dev/null; daemon off; master_process off;
events {}
http { access_log off; server { listen 127.0.0.1:8080; location = /status { stub_status; } location / { return 200; } } }
`;

/** What has no answer where nothing is wrong. */
const silent = [/^sum by \(host, assembly\) \(increase\(gatebox_transactions_failed_total\[1m\]\)\) > 0$/, /\[1h\]\)\) > 0$/, /host:filesystem_used:ratio > 0\.5/]; // prettier-ignore

/** The questions of all dashboards, put to the real Prometheus, which asks the real exporters. */
describe("grafana: what dashboards ask, Prometheus answers", function () {
  this.timeout(240_000);
  let host: Sandbox;

  const url = "http://192.168.2.14:9090/prometheus/api/v1/query";
  function ask(expr: string): { status: string; error?: string; data?: { result: unknown[] } } {
    host.run(`cat >/run/question <<'END'\n${expr}\nEND`);
    return JSON.parse(host.run(`curl -s -m 20 --data-urlencode query@/run/question ${url}`).stdout || "{}") as ReturnType<typeof ask>; // prettier-ignore
  }

  before(async () => {
    host = await Sandbox.make([{ network: "gateway-network", address: "192.168.2.14", neighbour: "192.168.2.15" }]);
    for (const place of Object.values(places)) host.run(`ip addr add ${place.split(":")[0] ?? ""}/32 dev lo`);
    const sample = readFileSync(join(import.meta.dirname, "sandbox/toldSample.prom"), "utf8");
    host.run(`mkdir /run/told && cat >/run/told/gatebox.prom <<'END'\n${sample}END`);
    host.run(`cat >/run/haproxy.cfg <<'END'\n${haproxyConfiguration}END`);
    host.run(`cat >/run/nginx.conf <<'END'\n${nginxConfiguration}END`);
    host.start("nginx -c /run/nginx.conf");
    host.start("haproxy -db -f /run/haproxy.cfg");
    const exporter = `prometheus-node-exporter --web.listen-address=${places.node} --collector.textfile.directory=/run/told`;
    // It misses systemd, and says so each second.
    host.start(`sh -c 'exec ${exporter} 2>/dev/null'`);
    host.start(`prometheus-nginx-exporter -nginx.scrape-uri=http://127.0.0.1:8080/status -web.listen-address=${places.nginx}`); // prettier-ignore
    const { code, stderr } = host.apply("prometheus", files);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    host.start("sh -c 'while :; do curl -s -m 2 -o /dev/null http://127.0.0.1:8081/; sleep 0.2; done'");
    await until(() => (ask('up{job=~"node|haproxy|nginx"} == 1').data?.result.length ?? 0) === 3);
    // Recording rules for dashboards are evaluated each 30 s, and some of them need two samples of what others have made.
    await pause(70_000);
  });
  after(() => host.remove());

  for (const dashboard of dashboardsOf(box))
    it(`"${dashboard.title}"`, () => {
      for (const expr of queriesOf(renderedDashboard(dashboard).text)) {
        const { status, error, data } = ask(expr);
        assert.equal(status, "success", `${expr}: ${error ?? ""}`);
        if (!silent.some((one) => one.test(expr))) assert.notEqual(data?.result.length, 0, `no answer to ${expr}`);
      }
    });

  it("is told by the very programs that metricNames.ts says", () => {
    for (const [job, names] of Object.entries(toldBy)) {
      if (job === "prometheus") continue;
      for (const name of names) assert.notEqual(ask(`${name}{job="${job}"}`).data?.result.length, 0, `${job} does not tell ${name}`); // prettier-ignore
    }
  });
});
