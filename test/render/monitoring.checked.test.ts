import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { check, withTree, type Verdict } from "./checkers.ts";
import { parseProtobox } from "../box/parsing.ts";
import { exportedMonitoring } from "../../render/prometheus/exported.ts";
import { monitoredBox, monitoringPlace } from "./sampleMonitoring.ts";

const cases = path.join(import.meta.dirname, "rules");

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: Rule[] }[];
}
interface Rule {
  readonly alert?: string;
  annotations?: Readonly<Record<string, string>>;
}
interface Cases {
  readonly tests: readonly { readonly alert_rule_test?: readonly { alertname: string; exp_alerts: unknown[] }[] }[];
}

const sample = monitoredBox({
  remoteWrite: { url: "https://metrics.site/api/v1/write", authentication: "basic", username: "box" },
  rules: { site: 'groups:\n  - name: site\n    rules:\n      - { record: "site:up:count", expr: count(up) }\n' },
});
const filesOf = (assembly: string, box = sample): readonly TreeFile[] =>
  registry.assemblies.find(({ name }) => name === assembly)!.files(box, box.hosts["gateway-4"]!, registry);
const ownRules = filesOf("prometheus").filter(({ path: file }) => file.startsWith("prometheus/rules/gatebox-"));
const alerts = ownRules.flatMap(({ text }) =>
  (parse(text) as RuleFile).groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined)),
);

/** The real checkers, and the rules in Prometheus' own machine for rules. */
describe("monitoring: the real checkers", function () {
  // promtool looks at an hour in steps of 5 s within some seconds; on a machine under load several times that.
  this.timeout(90_000);

  const promtool = (files: readonly TreeFile[]): Verdict =>
    withTree(files, (tree) => check("promtool", ["check", "config", "prometheus.yml"], path.join(tree, "prometheus")));

  it("promtool takes the configuration with all rules, and refuses an own rule that means nothing", () => {
    const { ok, words } = promtool(filesOf("prometheus"));
    assert.ok(ok, words);
    assert.match(words, /SUCCESS: 8 rule files found/);
    const wrong = monitoredBox({ rules: { site: "groups: [{ name: a, rules: [{ record: b, expr: sum( }] }]" } });
    assert.equal(promtool(filesOf("prometheus", wrong)).ok, false);
  });

  it("promtool takes it for one server alone, without Alertmanager and with other intervals", () => {
    for (const scrapeInterval of ["1s", "10s", "1m", "2m"]) {
      const box = monitoredBox({ scrapeInterval }, {}, { "pools.nat-gateway-pool": ["gateway-4"], "virtualIps": {}, natGateways: [] }); // prettier-ignore
      const { ok, words } = promtool(filesOf("prometheus", box));
      assert.ok(ok, words);
    }
  });

  it("promtool takes what is written for a Prometheus of one's own", () => {
    const files = exportedMonitoring(parseProtobox({ monitoring: monitoringPlace }), registry);
    const { ok, words } = withTree(files, (tree) => check("promtool", ["check", "config", "prometheus.yml"], tree));
    assert.ok(ok, words);
    assert.doesNotMatch(words, /WARNING/);
    assert.deepEqual(exportedMonitoring(sample, registry), []);
  });

  it("amtool takes receivers of every kind, and sends each alert where the stack file says", () => {
    withTree(filesOf("alertmanager"), (tree) => {
      const file = path.join(tree, "alertmanager/alertmanager.yml");
      const { ok, words } = check("amtool", ["check-config", file]);
      assert.ok(ok, words);
      const sent = (...labels: string[]): string =>
        check("amtool", ["config", "routes", "test", `--config.file=${file}`, ...labels]).words.split("\n")[0] ?? "";
      assert.equal(sent("alertname=Watchdog", "severity=none"), "nobody");
      assert.equal(sent("alertname=HostDown", "severity=critical"), "pager");
      assert.equal(sent("alertname=Drift", "severity=warning", "pool=kube-gateway-pool"), "on-call");
      assert.equal(sent("alertname=Drift", "severity=warning", "pool=webservers-pool"), "ops");
    });
  });

  for (const file of readdirSync(cases))
    it(`promtool runs ${file}: each alert of it fires where it should, and nowhere else`, () => {
      const files = [...withoutWords(file === "annotations.yml"), { path: "case.yml", mode: "0644", text: caseText(file) }] as const; // prettier-ignore
      const { ok, words } = withTree(files, (tree) => check("promtool", ["test", "rules", "case.yml"], tree, 60_000));
      assert.ok(ok, words);
    });

  it("has for each alert a case in which it fires, and one in which it does not", () => {
    const tests = readdirSync(cases).flatMap((file) => (parse(readFileSync(path.join(cases, file), "utf8")) as Cases).tests); // prettier-ignore
    const asked = tests.flatMap((test) => test.alert_rule_test ?? []);
    for (const { alert } of alerts) {
      const own = asked.filter(({ alertname }) => alertname === alert);
      assert.ok(
        own.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert ?? ""} fires nowhere`,
      );
      // A series beside the faulty one that is fine is such a case as well.
      const spared = own.some(({ exp_alerts }) => exp_alerts.length === 0) || alertsBesideOthers.has(alert ?? "");
      assert.ok(spared || alert === "Watchdog", `${alert ?? ""} has no case in which it does not fire`);
    }
  });

  it("has words for each alert, and its section in docs/monitoring.md", () => {
    const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/monitoring.md"), "utf8");
    for (const { alert = "", annotations } of alerts) {
      assert.deepEqual(Object.keys(annotations ?? {}), ["summary", "description", "runbook"], alert);
      assert.equal(annotations?.["runbook"], `docs/monitoring.md#${alert.toLowerCase()}`);
      assert.match(page, new RegExp(`^### ${alert}$`, "m"), `${alert} is not in docs/monitoring.md`);
    }
  });

  /** The rules; their words are compared by one file alone. */
  function withoutWords(withWords: boolean): TreeFile[] {
    return ownRules.map(({ path: file, text }) => {
      const rules = parse(text) as RuleFile;
      if (!withWords) for (const { rules: some } of rules.groups) for (const rule of some) delete rule.annotations;
      return { path: file, mode: "0644", text: stringify(rules) };
    });
  }

  function caseText(file: string): string {
    return `rule_files: [prometheus/rules/*.yml]\n${readFileSync(path.join(cases, file), "utf8")}`;
  }
});

/** Whose cases have a series beside the faulty one that is fine. */
const alertsBesideOthers = new Set([
  "ClockSkew", "DiskFilling", "ConntrackFull", "CertificateExpiring", "VipFlapping", "GlusterQuorum",
  "PrometheusRuleFailures", "ScrapeTooSlow", "NotificationsFailing",
]); // prettier-ignore
