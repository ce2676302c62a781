import assert from "node:assert/strict";
import { join } from "node:path";
import { secretFile } from "../../render/monitoringServer/secretFiles.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { monitoredBox } from "./sampleMonitoring.ts";
import { Sandbox, until, type Outcome } from "./sandbox/sandbox.ts";

type Assembly = "prometheus" | "alertmanager";

/** Debian's real Prometheus and Alertmanager with the lifecycle scripts; only systemd is a stand-in. */
describe("render: a server of monitoring at work", function () {
  // Each start and each reload is waited for.
  this.timeout(180_000);
  let host: Sandbox;

  const fine = ({ code, stderr }: Outcome): void => assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const api = (path: string): string => host.run(`curl -s -m 10 'http://192.168.2.14:9090/prometheus/api/v1/${path}'`).stdout; // prettier-ignore
  const query = (expression: string): string => api(`query?query=${encodeURIComponent(expression)}`);
  const pidOf = (unit: string): string => host.run(`cat /run/supervise/${unit}.service.main`).stdout;
  const reloads = (): number => Number(host.run("grep -c '^reload prometheus.service' /run/systemctl.log").stdout);

  function tree(assembly: Assembly, prometheus: object = {}, secret = "first", others = {}): TreeFile[] {
    const box = monitoredBox({ scrapeInterval: "1s", ...prometheus }, {}, others);
    const files = registry.assemblies
      .find(({ name }) => name === assembly)!
      .files(box, box.hosts["gateway-4"]!, registry);
    return [...files, ...(assembly === "alertmanager" ? [secretFile("pager.webhook", secret)] : [])];
  }
  const apply = (assembly: Assembly, files = tree(assembly), steps?: readonly string[]) => host.apply(assembly, files, steps); // prettier-ignore
  const rule = (expr: string) => ({ rules: { site: `groups: [{ name: site, rules: [{ record: "site:x", expr: ${expr} }] }]` } }); // prettier-ignore

  before(async () => {
    host = await Sandbox.make([
      { network: "gateway-network", address: "192.168.2.14", neighbour: "192.168.2.15" },
      { network: "box-network", address: "192.168.1.14", neighbour: "192.168.1.15" },
    ]);
  });
  after(() => host.remove());

  it("starts, answers below its path, and is asked by itself", async () => {
    fine(apply("alertmanager"));
    fine(apply("prometheus"));
    await until(() => /"value":\[[\d.]+,"1"\]/.test(query('up{job="prometheus",host="gateway-4"}')));
    await until(() => /"value":\[[\d.]+,"1"\]/.test(query('up{job="alertmanager",host="gateway-4"}')));
    assert.equal(host.run("curl -s -m 5 -o /dev/null -w '%{http_code}' -X POST http://192.168.2.14:9090/prometheus/-/quit").stdout, "403"); // prettier-ignore
    assert.equal(host.run("curl -s -m 5 -o /dev/null http://127.0.0.1:9090/prometheus/-/ready").code, 7, "it listens on one address"); // prettier-ignore
  });

  it("reads secrets that its group alone can, and another one without a reload", () => {
    const shown = () => host.run("stat -c '%a %U:%G' /run/gatebox-alertmanager/secrets /run/gatebox-alertmanager/secrets/*; cat /run/gatebox-alertmanager/secrets/*").stdout; // prettier-ignore
    assert.equal(shown(), "750 root:prometheus\n640 root:prometheus\nfirst");
    const pid = pidOf("prometheus-alertmanager");
    const before = host.run("grep -c ^reload /run/systemctl.log").stdout;
    fine(apply("alertmanager", tree("alertmanager", {}, "second")));
    assert.equal(shown(), "750 root:prometheus\n640 root:prometheus\nsecond");
    assert.equal(host.run("runuser -u nobody -- cat /run/gatebox-alertmanager/secrets/pager.webhook").code, 1);
    assert.equal(pidOf("prometheus-alertmanager"), pid);
    assert.equal(host.run("grep -c ^reload /run/systemctl.log").stdout, before);
    assert.doesNotMatch(host.run("ps -eo args").stdout, /second/);
  });

  it("takes other rules by a reload, and loses no sample", () => {
    host.run("sleep 10");
    const pid = pidOf("prometheus");
    for (const expr of ["1", "2", "3"]) fine(apply("prometheus", tree("prometheus", rule(expr))));
    host.run("sleep 2");
    assert.match(query("site:x"), /,"3"\]/);
    assert.equal(pidOf("prometheus"), pid);
    assert.equal(reloads(), 3);
    const stamps = JSON.parse(query('up{job="prometheus",host="gateway-4"}[20s]')) as { data: { result: { values: [number, string][] }[] } }; // prettier-ignore
    const times = stamps.data.result[0]!.values.map(([time]) => time);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.ok(times.length >= 10 && gaps.every((gap) => gap < 1.5), gaps.join(" "));
  });

  it("sees another target without a reload", async () => {
    const before = reloads();
    const files = tree("prometheus", rule("3")).map((file) =>
      file.path === "targets/node.json" ? { ...file, text: file.text.replaceAll("192.168.1.7", "192.168.1.8") } : file,
    );
    fine(apply("prometheus", files));
    await until(() => api("targets").includes("192.168.1.8:9100"));
    assert.equal(reloads(), before);
  });

  it("is started again for another flag, and for nothing that it runs with already", () => {
    fine(apply("prometheus", tree("prometheus", rule("3"))));
    const pid = pidOf("prometheus");
    fine(apply("prometheus", tree("prometheus", rule("3"))));
    assert.equal(pidOf("prometheus"), pid);
    fine(apply("prometheus", tree("prometheus", { ...rule("3"), retention: { time: "3d" } })));
    assert.notEqual(pidOf("prometheus"), pid);
    assert.match(api("status/flags"), /"storage.tsdb.retention.time":"3d"/);
  });

  it("is refused with a rule that means nothing, a port that is taken, and a directory that is not its own", () => {
    const says = (changes: object, pattern: RegExp): void => {
      const { code, stderr } = apply("prometheus", tree("prometheus", changes), ["check"]);
      assert.equal(code, 1);
      assert.match(stderr, pattern);
    };
    says(rule("'sum('"), /the configuration of prometheus is refused: .*own-site\.yml.*parse error/s);
    host.squat(9095);
    says({ port: 9095 }, /192\.168\.2\.14:9095, where prometheus\.service is to listen, is already taken: .*socat/);
    host.run("mkdir -p /var/theirs/data && touch /var/theirs/data/x && chmod 0700 /var/theirs/data");
    says({ storage: "/var/theirs/data" }, /is not empty, and prometheus may not write there: chown/);
  });

  it("is refused where the other server's clock differs by more than a second, and not where it does not", async () => {
    const clock = join(import.meta.dirname, "sandbox/other-clock.sh");
    const check = () => apply("prometheus", tree("prometheus"), ["check"]);
    for (const [seconds, isFine] of [
      [0, true],
      [3, false],
      [-3, false],
      [3600, false],
    ] as const) {
      const peer = host.start(`socat TCP-LISTEN:9090,bind=192.168.2.15,fork,reuseaddr 'EXEC:sh ${clock} ${seconds}'`, "gateway-network"); // prettier-ignore
      await until(() => host.run("curl -s -m 2 -o /dev/null http://192.168.2.15:9090/").code === 0);
      const { code, stderr } = check();
      host.run("pkill -f 'TCP-LISTEN:9090,bind=192.168.2.15'");
      peer.kill();
      if (isFine) assert.deepEqual([code, stderr], [0, ""]);
      else assert.match(stderr, /^the clock of 192\.168\.2\.15 differs by -?\d+ ms from this host's: have both follow the same time servers/); // prettier-ignore
    }
  });

  it("stops when it is removed, and keeps what it knows", () => {
    for (const assembly of ["prometheus", "alertmanager"] as const) {
      const { code, stdout } = apply(assembly, tree(assembly), ["deactivate"]);
      assert.deepEqual([code, stdout], [0, `what ${assembly} knows stays in /var/lib/prometheus/${assembly === "prometheus" ? "metrics2" : "alertmanager"}`]); // prettier-ignore
    }
    assert.equal(host.run("ss -Hltn | grep -E ':909[034]'").stdout, "");
    assert.equal(host.run("ls -d /run/gatebox-prometheus /run/gatebox-alertmanager").code, 2);
    assert.equal(host.run("ls /var/lib/prometheus/metrics2/wal | wc -l").stdout !== "0", true);
  });
});
