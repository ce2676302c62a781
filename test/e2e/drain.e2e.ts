import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { startHost, stopHost } from "../../lab/hosts/machine.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { runAsOperator } from "../../lab/operator.ts";
import { operatorHome, project } from "../../lab/stack.ts";
import { startProbe, type Probed } from "../faults/probe/start.ts";
import { startKibana, stopKibana } from "./serving.ts";
import { baseConfiguration, onHost, up, world } from "./world.ts";

/** A user's request: a first packet that finds nobody is sent again after a second, and that is no loss. */
const USER = { kind: "http", url: "https://protobox.test/kibana/", at: "192.168.0.33", limitMs: 5000 } as const;

describe("gatebox drain and undrain", () => {
  let scratch: string;

  before(async () => {
    const { lab, stack } = await world();
    scratch = await mkdtemp(path.join(tmpdir(), "gatebox-drain-"));
    await writeFile(path.join(scratch, "Pulumi.protobox.yaml"), await baseConfiguration());
    await copyFile(path.join(stack.directory, "kube-ca.pem"), path.join(scratch, "kube-ca.pem"));
    await startKibana(lab);
  });
  after(async () => {
    const { lab } = await world();
    for (const host of ["webserver-1", "webserver-2", "gateway-1", "gateway-4"]) await call("undrain", host, "--force");
    await stopKibana(lab);
    await rm(scratch, { recursive: true, force: true });
  });

  /** Runs a command on the operator's workstation. */
  async function call(...words: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const { lab } = await world();
    const all = [path.join(project, "cli/main.ts"), ...words];
    const env = { HOME: operatorHome(lab).directory };
    const { code, stdout, stderr } = await runAsOperator(lab, process.execPath, all, { cwd: scratch, timeoutSeconds: 500, env }); // prettier-ignore
    return { code, output: stdout + stderr };
  }

  async function done(...words: readonly string[]): Promise<void> {
    const { code, output } = await call(...words);
    assert.equal(code, 0, output);
  }

  /** What a user notices who asks every 10 ms. */
  async function noticed(work: () => Promise<void>): Promise<Probed["answers"]> {
    const { lab } = await world();
    const prober = startProbe(lab, "client", USER);
    await prober.begun;
    await work();
    const { answers } = await prober.stop();
    assert.ok(answers.length > 100, `${answers.length} requests are no load`);
    return answers;
  }

  for (const host of ["gateway-1", "webserver-1", "gateway-4"])
    it(`${host} is drained, and no request is lost`, async () => {
      const lost = (await noticed(() => done("drain", host))).filter(({ ok }) => !ok);
      assert.deepEqual(lost, []);
      await done("undrain", host);
    });

  it("a host stays drained over an up and a boot, which the status says", async () => {
    const { lab, stack } = await world();
    await done("drain", "gateway-1");
    await up(stack);
    await stopHost(lab, hostNamed("gateway-1"));
    await startHost(lab, hostNamed("gateway-1"));
    await waitForSsh(lab, hostNamed("gateway-1"));
    const { output } = await call("status", "Pulumi.protobox.yaml");
    assert.match(output, /^gateway-1 .*\n {2}drained .* ago; /m);
    const rules = await onHost(lab, "gateway-1", "nft list table inet gatebox_drained");
    assert.match(rules, /reject with tcp reset/);
    await done("undrain", "gateway-1");
  });

  it("verify finds no difference in a host that is drained", async () => {
    await done("drain", "webserver-2");
    await done("verify", "Pulumi.protobox.yaml", "--host", "webserver-2");
    await done("undrain", "webserver-2");
  });

  it("the last web server is not drained", async () => {
    await done("drain", "webserver-2");
    const { code, output } = await call("drain", "webserver-1");
    assert.equal(code, 1);
    assert.match(output, /webserver-2: is drained/);
    await done("undrain", "webserver-2");
  });
});
