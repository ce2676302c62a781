/** The examples with the packed package and the real engine, up to where hosts would be needed. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { boxOutput } from "../../box/index.ts";
import { run } from "../../lab/run.ts";
import { parseProtobox } from "../box/parsing.ts";
import { engine, ENGINE_SECONDS, type Engine } from "../package/engine.ts";
import { installedPackage, PREPARING_SECONDS, project } from "../package/packed.ts";
import { knownHosts, runExample, withKnownHosts } from "./running.ts";

describe("the engine previews the example", function () {
  this.timeout((PREPARING_SECONDS + ENGINE_SECONDS) * 1000);
  let root: string;
  let pulumi: Engine;

  before(async () => {
    root = mkdtempSync(path.join(await installedPackage(), "examples-"));
    cpSync(path.join(project, "examples"), root, { recursive: true });
    pulumi = await engine();
  });
  after(() => {
    pulumi.remove();
    rmSync(root, { recursive: true, force: true });
  });

  /** An example beside the keys of its hosts. */
  function example(name: string): string {
    const directory = path.join(root, name);
    writeFileSync(path.join(directory, "known_hosts"), knownHosts);
    return directory;
  }

  describe("and would make what the mocks see:", () => {
    withKnownHosts();

    const stacks = { "nat-pair": undefined, environments: "production", "box-in-typescript": undefined };
    for (const [name, stack] of Object.entries(stacks)) {
      it(name, async () => {
        const { found } = await runExample(name, stack);
        const steps = await pulumi.preview(example(name), stack ?? "protobox");
        assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["create"]);
        const units = steps.filter(({ newState }) => newState.type === "command:remote:Command");
        // The mocks know one stack.
        assert.deepEqual(
          units.map(({ newState }) => newState.urn.split("::").at(-1)).sort(),
          found.filter(({ type }) => type === "Command").map(({ name: unit }) => unit.replace("-protobox.", `-${stack ?? "protobox"}.`)).sort(), // prettier-ignore
        );
      });
    }
  });

  it("service-from-another-stack", async () => {
    // The stack of the box, as the engine keeps it.
    const directory = example("service-from-another-stack");
    const urn = "urn:pulumi:protobox::gatebox::pulumi:pulumi:Stack::gatebox-protobox";
    const outputs = { box: boxOutput(parseProtobox()) };
    const resources = [{ urn, type: "pulumi:pulumi:Stack", custom: false, outputs }];
    const other = path.join(root, "gatebox");
    cpSync(path.join(root, "nat-pair"), other, { recursive: true });
    writeFileSync(path.join(other, "Pulumi.yaml"), "name: gatebox\nruntime: nodejs\n");
    const file = path.join(other, "state.json");
    writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }));
    await pulumi.pulumi(other, ["stack", "init", "protobox"]);
    const { code, stderr } = await pulumi.pulumi(other, ["stack", "import", "--stack", "protobox", "--file", file]);
    assert.equal(code, 0, stderr);
    const steps = await pulumi.preview(directory, "production");
    const units = steps.filter(({ newState }) => newState.type === "command:remote:Command");
    assert.equal(units.length, 5);
  });

  it("automation-api, twice in one process", async () => {
    const cwd = example("automation-api");
    const { code, stdout, stderr } = await run(process.execPath, ["index.ts"], { cwd, env: pulumi.env, timeoutSeconds: ENGINE_SECONDS }); // prettier-ignore
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^first: \{ create: (\d+) \}\nsecond: \{ create: \1 \}$/m);
  });
});
