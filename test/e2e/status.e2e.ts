import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { operatorHome, project } from "../../lab/stack.ts";
import { runAsOperator } from "../../lab/operator.ts";
import type { BoxStatus } from "../../cli/status/status.ts";
import { stateOf } from "./hostState.ts";
import { baseConfiguration, onHost, world } from "./world.ts";

/** What is promised: it ends by then whatever is broken. */
const PROMISED_SECONDS = 10;

describe("gatebox status", () => {
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "gatebox-status-"));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  /** Runs it on the operator's workstation, on the box's own stack file. */
  async function ask(): Promise<{ readonly code: number; readonly status: BoxStatus }> {
    const { lab, stack } = await world();
    const file = path.join(scratch, "Pulumi.protobox.yaml");
    await writeFile(file, await baseConfiguration());
    await copyFile(path.join(stack.directory, "kube-ca.pem"), path.join(scratch, "kube-ca.pem"));
    const start = performance.now();
    const words = [path.join(project, "cli/main.ts"), "status", "--json", file];
    const env = { HOME: operatorHome(lab).directory };
    const answer = await runAsOperator(lab, process.execPath, words, { cwd: scratch, timeoutSeconds: 60, env });
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds < PROMISED_SECONDS, `it took ${seconds.toFixed(1)} s\n${answer.stderr}`);
    return { code: answer.code, status: JSON.parse(answer.stdout) as BoxStatus };
  }

  const problemsOf = ({ hosts, virtualIps }: BoxStatus) => [
    ...hosts.flatMap(({ host, problems }) => problems.map((problem) => `${host}: ${problem}`)),
    ...virtualIps.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`])),
  ];

  it("finds nothing wrong in a box that serves, one holder for each address, and changes nothing", async () => {
    const { lab } = await world();
    const before = await stateOf(lab, "gateway-1");
    const { code, status } = await ask();
    assert.deepEqual(problemsOf(status), []);
    // What tests before this one have broken may still fire, and nobody listens to what Alertmanager has to say of it.
    assert.deepEqual([status.alerts.from, status.alerts.problems], [["gateway-4", "gateway-5"], []]);
    assert.equal(code, status.alerts.firing.length > 0 ? 1 : 0);
    assert.deepEqual(
      status.virtualIps.filter(({ holders }) => holders.length !== 1),
      [],
    );
    assert.deepEqual(await stateOf(lab, "gateway-1"), before);
  });

  it("names the program that does not work, and its host", async () => {
    const { lab } = await world();
    await onHost(lab, "gateway-2", "systemctl stop prometheus-node-exporter");
    try {
      const { code, status } = await ask();
      assert.equal(code, 1);
      assert.match(
        problemsOf(status).join("\n"),
        /^gateway-2: node-exporter: prometheus-node-exporter\.service is inactive; [^\n]+$/,
      );
    } finally {
      await onHost(lab, "gateway-2", "systemctl start prometheus-node-exporter");
    }
  });
});
