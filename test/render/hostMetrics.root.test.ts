import assert from "node:assert/strict";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { payload } from "../../host/payload.ts";
import { runtimeText } from "../../host/runtimeText.ts";
import { shownCertificate } from "../../render/certificates/index.ts";
import type { MetricsSource } from "../../render/assembly.ts";
import { containerRuntimeAssembly } from "../../render/containerRuntime/index.ts";
import { borderBase, borderPort } from "../../render/border/rules.ts";
import { gatewayAssembly } from "../../render/gateway/index.ts";
import { withTree } from "./checkers.ts";
import { haBox, haHost } from "./sampleHa.ts";
import { applyMetrics, assertWellFormed, bringing, metricsTree, textfiles, told } from "./sandbox/metricsHost.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

const box = haBox({
  monitoring: {
    pool: "nat_gateway_pool",
    networks: ["box-network"],
    nodeExporter: { port: 9100 },
    nginxExporter: { port: 9113 },
  },
});
const host = haHost("gateway-1");

describe("render/metrics", function () {
  // Each test has a host of its own.
  this.timeout(60_000);
  let sandbox: Sandbox;
  beforeEach(async () => (sandbox = await Sandbox.make([])));
  afterEach(() => sandbox.remove());

  const apply = (...sources: readonly MetricsSource[]): void =>
    applyMetrics(sandbox, metricsTree(box, host, [bringing(...sources)]));
  const collect = (...names: string[]) => sandbox.run(`perl /etc/gatebox/metrics/scripts/collect ${names.join(" ")}`);

  describe("of Gatebox itself", () => {
    /** What the box's stack brings to the assembly \`edge\`. */
    const unit = (name: string, text: string): string =>
      payload({ assembly: "edge", unit: name, files: [{ path: `${name}.cfg`, text }] });
    const base = (text: string): string =>
      payload({
        assembly: "edge",
        unit: "base",
        files: [
          { path: "base.cfg", text },
          { path: "lifecycle/check", text: "exit 0" },
          // What a reload does that the program refuses.
          { path: "lifecycle/activate", text: '! grep -q bad "$CURRENT/base.cfg"' },
          { path: "lifecycle/probe", text: "exit 0" },
          { path: "lifecycle/deactivate", text: "exit 0" },
        ],
      });
    let place: string;

    beforeEach(() => {
      place = mkdtempSync(join(tmpdir(), "gatebox-runtime-"));
      writeFileSync(join(place, "unit.sh"), runtimeText());
      const { code, stderr } = sandbox.run(
        `mkdir -p /run/lib && mount -t tmpfs tmpfs /usr/local/lib && mkdir /usr/local/lib/gatebox && cp ${place}/unit.sh /usr/local/lib/gatebox/`,
      );
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      apply();
    });
    afterEach(() => rmSync(place, { recursive: true }));

    const transact = (verb: "apply" | "remove", text: string): number => {
      writeFileSync(join(place, "payload"), text);
      return sandbox.run(`GATEBOX_GATHER=0 sh /usr/local/lib/gatebox/unit.sh ${verb} <${place}/payload`).code;
    };

    /** Without what a test has applied without the runtime. */
    const ofEdge = (): Record<string, number> =>
      Object.fromEntries(Object.entries(told(sandbox, "gatebox")).filter(([key]) => !key.includes('"metrics"')));

    it("tell of the last change and its unit, of a reload that failed, and of the next that did not", () => {
      assert.equal(transact("apply", base("good")), 0);
      assert.equal(transact("apply", unit("route", "a")), 0);
      const before = ofEdge();
      const { [`last_change_timestamp_seconds{assembly="edge"}`]: at, ...rest } = before;
      assert.ok(Math.abs(at! - Date.now() / 1000) < 60, String(at));
      const healthy = {
        'last_change_info{assembly="edge",unit="route"}': 1,
        'generation{assembly="edge"}': 2,
        'transactions_failed_total{assembly="edge"}': 0,
        'last_transaction_failed{assembly="edge"}': 0,
        'drifted_files{assembly="edge"}': 0,
        'metrics_source_up{source="gatebox"}': 1,
      };
      assert.deepEqual(rest, healthy);
      assertWellFormed(sandbox);
      assert.equal(transact("apply", base("bad")), 1);
      const failed = told(sandbox, "gatebox");
      assert.equal(failed['transactions_failed_total{assembly="edge"}'], 1);
      assert.equal(failed['last_transaction_failed{assembly="edge"}'], 1);
      assert.equal(failed['generation{assembly="edge"}'], 2);
      assert.equal(transact("apply", base("better")), 0);
      const after = told(sandbox, "gatebox");
      assert.equal(after['transactions_failed_total{assembly="edge"}'], 1);
      assert.equal(after['last_transaction_failed{assembly="edge"}'], 0);
      assert.equal(after['last_change_info{assembly="edge",unit="base"}'], 1);
      assert.equal(after['last_change_info{assembly="edge",unit="route"}'], undefined);
    });

    it("count files that somebody has changed by hand", () => {
      transact("apply", base("good"));
      sandbox.run("echo edited >/etc/gatebox/edge/base.cfg; echo stray >/etc/gatebox/edge/stray");
      assert.equal(told(sandbox, "gatebox")['drifted_files{assembly="edge"}'], 2);
      transact("apply", base("other"));
      assert.equal(told(sandbox, "gatebox")['drifted_files{assembly="edge"}'], 1);
    });

    it("are told anew by the next run once a transaction has ended, and of what is gone no more", () => {
      transact("apply", base("good"));
      const tree = metricsTree(box, host, [bringing()]).map((file) =>
        file.path === "sources.list" ? { ...file, text: "gatebox 300 /var/lib/gatebox/edge/record\n" } : file,
      );
      applyMetrics(sandbox, tree);
      sandbox.run("touch -d '-70 seconds' /var/lib/gatebox/edge/record");
      collect();
      // A minute later nothing has become old.
      sandbox.run(`sed -i 's/} 1$/} 7/' ${textfiles}/gatebox_gatebox.prom`);
      sandbox.run(`touch -d '-60 seconds' ${textfiles}/*.prom`);
      collect();
      assert.equal(told(sandbox, "gatebox", false)['generation{assembly="edge"}'], 7);
      transact("apply", base("other"));
      collect();
      assert.equal(told(sandbox, "gatebox", false)['generation{assembly="edge"}'], 2);
      // One that is put back has its old times; the kernel's own are whole seconds to Perl.
      sandbox.run(
        `sed -i 's/} 2$/} 7/' ${textfiles}/gatebox_gatebox.prom; cp -p /var/lib/gatebox/edge/record /run/kept; sleep 1.1`,
      );
      sandbox.run("echo other >>/var/lib/gatebox/edge/record");
      sandbox.run("cp -p /run/kept /var/lib/gatebox/edge/record");
      collect();
      assert.equal(told(sandbox, "gatebox", false)['generation{assembly="edge"}'], 2);
      transact("remove", base("other"));
      assert.equal(told(sandbox, "gatebox")['generation{assembly="edge"}'], undefined);
    });
  });

  it("of certificates: until when the one that is shown is valid", () => {
    sandbox.run("mkdir -p /run/c");
    const issue = (file: string, days: number): void => {
      const { code, stderr } = sandbox.run(
        `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -days ${days} -keyout /run/c/key.pem -out /run/c/${file}`,
      );
      assert.equal(code, 0, stderr);
    };
    const inDays = (key: string): number => (told(sandbox, "certificates")[key]! - Date.now() / 1000) / 86_400;
    apply(shownCertificate(["/run/c/given.pem", "/run/c/trial.pem"]), shownCertificate(["/run/c/other.pem"]));
    issue("trial.pem", 365);
    assert.ok(Math.abs(inDays('certificate_not_after_timestamp_seconds{file="/run/c/trial.pem"}') - 365) < 0.1);
    issue("given.pem", 5);
    issue("other.pem", 9000);
    const of = Object.keys(told(sandbox, "certificates"));
    assert.deepEqual(of, [
      'certificate_not_after_timestamp_seconds{file="/run/c/given.pem"}',
      'certificate_not_after_timestamp_seconds{file="/run/c/other.pem"}',
      'metrics_source_up{source="certificates"}',
    ]);
    assert.ok(Math.abs(inDays('certificate_not_after_timestamp_seconds{file="/run/c/given.pem"}') - 5) < 0.1);
    assert.ok(Math.abs(inDays('certificate_not_after_timestamp_seconds{file="/run/c/other.pem"}') - 9000) < 0.1);
    assertWellFormed(sandbox);
    sandbox.run("echo nonsense >/run/c/other.pem");
    collect("certificates");
    assert.deepEqual(told(sandbox, "certificates", false), { 'metrics_source_up{source="certificates"}': 0 });
  });

  it("of containerd: whether it answers, which one that hangs does not", async () => {
    const source = containerRuntimeAssembly.metricsSources!(box, host);
    apply(...source);
    const up = (): number | undefined => told(sandbox, "containerd")["containerd_up"];
    assert.equal(up(), 0);
    const daemon = sandbox.start(
      "containerd --root /run/c/root --state /run/c/state --address /run/containerd/containerd.sock --log-level error >/dev/null 2>&1",
    );
    await until(() => up() === 1);
    assertWellFormed(sandbox);
    sandbox.run("pkill -STOP -x containerd");
    assert.equal(up(), 0);
    sandbox.run("pkill -CONT -x containerd");
    assert.equal(up(), 1);
    sandbox.run("pkill -KILL -x containerd");
    assert.equal(up(), 0);
    daemon.kill();
  });

  it("of the border: what it refuses of the gateway network, by reason", async () => {
    await sandbox.remove();
    sandbox = await Sandbox.make([{ network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.1" }]);
    const gateways = { ...box.kubeGateways!, network: "gateway-network" };
    apply(...gatewayAssembly.metricsSources!({ ...box, kubeGateways: gateways }, host));
    const rules = borderBase({
      gatewayInterface: "gateway-network",
      gatewayCidr: "192.168.2.0/24",
      innerInterfaces: [],
      innerCidrs: ["192.168.1.0/24"],
    });
    const { code, stderr } = withTree(
      [
        { path: "base.nft", mode: "0644", text: rules },
        { path: "ports/1.nft", mode: "0644", text: borderPort(30165) },
      ],
      (tree) => sandbox.run(`cd ${tree} && nft -f base.nft`),
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const of = (reason: string): string =>
      `refused_packets_total{place="border",network="gateway-network",reason="${reason}"}`;
    const none = Object.fromEntries(["closed_node_port", "closed_ssh", "forged", "refused"].map((one) => [of(one), 0]));
    const up = { 'metrics_source_up{source="refused"}': 1 };
    assert.deepEqual(told(sandbox, "refused"), { ...none, ...up });
    const send = (port: number, more = ""): void => {
      sandbox.run(`echo | socat -u - UDP-SENDTO:192.168.2.11:${port}${more}`, "gateway-network");
    };
    send(4444);
    send(31000);
    send(31001);
    sandbox.run("ip addr add 192.168.1.9/32 dev lo", "gateway-network");
    send(4444, ",bind=192.168.1.9");
    sandbox.run("timeout 1 socat -u - TCP:192.168.2.11:22,connect-timeout=0.5", "gateway-network");
    const { [of("closed_ssh")]: ssh, ...rest } = told(sandbox, "refused");
    assert.ok(ssh! >= 1);
    assert.deepEqual(rest, { [of("closed_node_port")]: 2, [of("forged")]: 1, [of("refused")]: 1, ...up });
    assertWellFormed(sandbox);
    sandbox.run("nft delete table inet gatebox_border");
    collect("refused");
    assert.deepEqual(told(sandbox, "refused", false), { 'metrics_source_up{source="refused"}': 0 });
  });
});
