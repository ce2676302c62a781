import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, type RunResult } from "../../../lab/run.ts";
import { openStack, project, type LabStack } from "../../../lab/stack.ts";
import { prepareToolchain } from "../../../lab/toolchain/index.ts";
import { scratchHome, type ScratchHome } from "../../lab/scratchHome.ts";

const main = path.join(project, "cli/main.ts");

/** A state of two hosts, as the engine takes it: what is on the second waits for what is on the first. */
function twoHosts(project: string): object {
  const urn = (type: string, name: string): string => `urn:pulumi:dev::${project}::${type}::${name}`;
  const stack = urn("pulumi:pulumi:Stack", `${project}-dev`);
  const unit = "gatebox:index:HostUnit";
  const provider = urn("pulumi:providers:command", "default_1_2_1");
  const id = "11111111-1111-4111-8111-111111111111";
  const version = { version: "1.2.1" };
  const of = (host: string, after: readonly string[]): readonly object[] => [
    { urn: urn(unit, host), type: unit, parent: stack, inputs: { host, assembly: "gateway" }, dependencies: after },
    {
      urn: urn(`${unit}$command:remote:Command`, host),
      type: "command:remote:Command",
      custom: true,
      id: host,
      parent: urn(unit, host),
      provider: `${provider}::${id}`,
      inputs: { create: "true" },
      outputs: { create: "true" },
      dependencies: after,
      propertyDependencies: { stdin: after, create: null },
    },
  ];
  const resources = [
    { urn: stack, type: "pulumi:pulumi:Stack" },
    { urn: provider, type: "pulumi:providers:command", custom: true, id, inputs: version, outputs: version },
    ...of("gateway-1", []),
    ...of("gateway-2", [urn(`${unit}$command:remote:Command`, "gateway-1")]),
  ];
  return { version: 3, deployment: { manifest: {}, resources } };
}

describe("gatebox forget, with the real engine", function () {
  // One start of the engine is seconds, and a minute beside a box that comes up.
  this.timeout(300_000);
  let home: ScratchHome;
  let stack: LabStack;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-forget-"));
    home = await scratchHome();
    const toolchain = await prepareToolchain({ kubernetes: false });
    const program = path.join(project, "bench/programs/empty");
    stack = await openStack(home, toolchain, { name: "dev", program, configuration: "config: {}\n" });
    const name = /^name: (.*)$/m.exec(readFileSync(path.join(program, "Pulumi.yaml"), "utf8"))?.[1] ?? "";
    await imported(JSON.stringify(twoHosts(name)));
  });
  after(() => {
    for (const place of [folder, home.directory]) rmSync(place, { recursive: true, force: true });
  });

  async function imported(text: string): Promise<void> {
    const file = path.join(folder, "state.json");
    writeFileSync(file, text);
    const { code, stderr } = await stack.pulumi(["stack", "import", "--file", file]);
    assert.equal(code, 0, stderr);
  }
  async function exported(): Promise<string> {
    const { code, stdout, stderr } = await stack.pulumi(["stack", "export"]);
    assert.equal(code, 0, stderr);
    writeFileSync(path.join(folder, "exported.json"), stdout);
    return stdout;
  }
  const forgetting = (host: string): Promise<RunResult> =>
    run(process.execPath, [main, "forget", host, "--state", "exported.json"], { cwd: folder, timeoutSeconds: 60 });

  it("takes out a host that others waited for, and the engine takes what is left", async () => {
    await exported();
    const { code, stdout, stderr } = await forgetting("gateway-1");
    assert.deepEqual(
      [code, stderr],
      [
        0,
        "gatebox forget: 2 resources of gateway-1 (gateway) are no longer in the state; on the host nothing was done\n",
      ],
    );
    await imported(stdout);
    const left = await exported();
    assert.ok(left.includes("HostUnit::gateway-2"));
    assert.ok(!left.includes("gateway-1"), left);
  });

  it("refuses a host that the stack does not have, and what is no state", async () => {
    await exported();
    const { code, stdout, stderr } = await forgetting("gateway-7");
    assert.deepEqual(
      [code, stdout, stderr],
      [1, "", "gatebox forget: there is nothing of gateway-7 in this state: it has gateway-2\n"],
    );
    writeFileSync(path.join(folder, "exported.json"), "oops");
    assert.match(
      (await forgetting("gateway-2")).stderr,
      /^gatebox forget: this is no exported state; make it with: pulumi stack export\n$/,
    );
    rmSync(path.join(folder, "exported.json"));
    assert.match((await forgetting("gateway-2")).stderr, /^gatebox forget: ENOENT/);
  });
});
