import assert from "node:assert/strict";
import type { MetricsSource } from "../../render/assembly.ts";
import { haBox, haHost } from "./sampleHa.ts";
import { applyMetrics, assertWellFormed, bringing, metricsTree, textfiles, told } from "./sandbox/metricsHost.ts";
import { Sandbox } from "./sandbox/sandbox.ts";

const box = haBox({
  monitoring: {
    pool: "nat_gateway_pool",
    networks: ["box-network"],
    nodeExporter: { port: 9100 },
    nginxExporter: { port: 9113 },
  },
});
const host = haHost("gateway-1");

describe("render/metrics, whatever a source does,", function () {
  // Each test has a host of its own.
  this.timeout(60_000);
  let sandbox: Sandbox;
  beforeEach(async () => (sandbox = await Sandbox.make([])));
  afterEach(() => sandbox.remove());

  const apply = (...sources: readonly MetricsSource[]): void =>
    applyMetrics(sandbox, metricsTree(box, host, [bringing(...sources)]));
  const collect = (...names: string[]) => sandbox.run(`perl /etc/gatebox/metrics/scripts/collect ${names.join(" ")}`);
  const files = (): string => sandbox.run(`ls ${textfiles}`).stdout;

  const well = {
    name: "well",
    script: 'metric("gatebox_well", "gauge", "Well.", [1, of => $ARGV[0]]);\n1;\n',
    every: 15,
  };
  const one = (script: string): MetricsSource => ({ name: "one", script, every: 15 });
  const tells = 'metric("gatebox_one", "gauge", "One.", [1]);\n';

  for (const [what, script] of [
    ["dies", `${tells}die "no more\\n";`],
    ["ends", `${tells}exit 3;`],
    ["is killed", `${tells}kill 9, $$; sleep 9;`],
    ["is not true", `${tells}0;`],
    ["cannot be run", `${tells}nowhere();\n1;`],
    ["asks a program that fails", `${tells}answer_of("false");\n1;`],
    ["asks a program that is missing", `${tells}answer_of("/nonexistent/x");\n1;`],
  ] as const) {
    it(`tells nothing of one that ${what}, and all of the others`, () => {
      apply(one(`${tells}1;\n`), well);
      collect("one");
      assert.deepEqual(told(sandbox, "one", false), { one: 1, 'metrics_source_up{source="one"}': 1 });
      apply(one(script), well);
      collect("one", "well");
      assert.deepEqual(told(sandbox, "one", false), { 'metrics_source_up{source="one"}': 0 });
      assert.equal(told(sandbox, "well", false)['metrics_source_up{source="well"}'], 1);
      assert.doesNotMatch(files(), /new/);
      assertWellFormed(sandbox);
    });
  }

  it("gives one up that hangs", () => {
    const tree = metricsTree(box, host, [bringing(one(`${tells}sleep 50;\n1;`), well)]);
    applyMetrics(
      sandbox,
      tree.map((file) => ({ ...file, text: file.text.replace("my $limit = 60;", "my $limit = 2;") })),
    );
    collect();
    assert.deepEqual(told(sandbox, "one", false), { 'metrics_source_up{source="one"}': 0 });
    assert.equal(told(sandbox, "well", false)['metrics_source_up{source="well"}'], 1);
  });

  it("asks again when it is time, and not before", () => {
    apply({ name: "slow", script: "metric('gatebox_at', 'gauge', 'At.', [time]);\n1;\n", every: 300 });
    collect();
    const age = (seconds: number) =>
      sandbox.run(
        `sed -i 's/^gatebox_at .*/gatebox_at 7/' ${textfiles}/gatebox_slow.prom; touch -d '-${seconds} seconds' ${textfiles}/gatebox_slow.prom`,
      );
    age(290);
    collect();
    assert.equal(told(sandbox, "slow", false)["at"], 7);
    age(300);
    collect();
    assert.notEqual(told(sandbox, "slow", false)["at"], 7);
    // A clock that was set back.
    age(-500);
    collect();
    assert.notEqual(told(sandbox, "slow", false)["at"], 7);
  });

  it("writes labels so that Prometheus reads them", () => {
    const script = `metric('gatebox_odd', 'gauge', 'Odd.', [1, of => qq(a"b\\\\c\\nd})]);\n1;\n`;
    apply(one(script));
    collect();
    assert.match(sandbox.run(`cat ${textfiles}/gatebox_one.prom`).stdout, /^gatebox_odd\{of="a\\"b\\\\c\\nd\}"\} 1$/m);
    assertWellFormed(sandbox);
  });

  it("takes away what a source has told that is there no more", () => {
    apply(one(`${tells}1;\n`), well);
    collect();
    assert.match(files(), /gatebox_one/);
    apply(well);
    assert.doesNotMatch(files(), /gatebox_one/);
    assert.match(files(), /gatebox_well/);
  });

  it("refuses, before anything is switched, a source that is no Perl and a host without node exporter", () => {
    const tree = metricsTree(box, host, [bringing(one("metric(;"))]);
    sandbox.run(`mkdir -p ${textfiles}`);
    const broken = sandbox.apply("metrics", tree);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /Perl refuses sources\/one\.pl: syntax error/);
    sandbox.run(`rm -rf ${textfiles}`);
    const without = sandbox.apply("metrics", metricsTree(box, host, [bringing(well)]));
    assert.equal(without.code, 1);
    assert.match(without.stderr, /no directory \/var\/lib\/prometheus\/node-exporter/);
  });
});
