/**
 * The plugin `command` of the lab against the recorded answers of the vendor's plugin 1.2.1: see
 * `test/conformance/command/record.mjs`, which starts sshd servers of its own on 127.0.0.1.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const conformance = join(root, "test/conformance/command");
const plugin = join(root, "lab/plugins/command/pulumi-resource-command");

interface Step {
  noAnswerWithinSeconds?: number;
  error?: { code: string; message: string };
  value?: unknown;
}
interface Scenario {
  shows: string;
  quirk?: true;
  steps: Step[];
}
type Scenarios = Record<string, Scenario>;

const scenariosOf = (json: string): Scenarios => (JSON.parse(json) as { scenarios: Scenarios }).scenarios;

/**
 * Replays scenarios against the plugin, before all that runs beside it: they tell of seconds and of 16,384 calls one after the other,
 * and were recorded on a machine that did nothing else. The script ends itself after 400 s.
 */
async function replay(...choice: string[]): Promise<Scenarios> {
  const args = ["--rr", "1", process.execPath, join(conformance, "record.mjs"), "--plugin", plugin, ...choice];
  const limits = { cwd: root, timeout: 410_000, maxBuffer: 64 * 1024 * 1024 };
  return scenariosOf((await promisify(execFile)("chrt", args, limits)).stdout);
}

/** What differs in the first step that does, both sides. */
function firstDifference(expected: Scenario, got: Scenario | undefined): string {
  if (got === undefined) return "did not run";
  const differs = (i: number) => JSON.stringify(expected.steps[i]) !== JSON.stringify(got.steps[i]);
  const index = [...expected.steps.keys(), expected.steps.length].find(differs) ?? 0;
  const [left, right] = [fieldsOf(expected.steps[index]), fieldsOf(got.steps[index])];
  const fields = [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name));
  const lines = fields.map((name) => `  ${name}: expected ${left.get(name)}\n  ${name}: got      ${right.get(name)}`);
  return `step ${index + 1}\n${lines.join("\n")}`;
}

/** The fields of a step as short texts. */
const fieldsOf = (step: Step | undefined): Map<string, string> =>
  new Map(Object.entries(step ?? {}).map(([name, value]) => [name, JSON.stringify(value).slice(0, 1000)]));

describe("the plugin command", () => {
  it("answers every recorded scenario as the vendor's plugin does", async function () {
    // 267 scenarios take about 40 s on two cores, most of it waiting for retries and `sleep`; a busy machine doubles it.
    this.timeout(840_000);
    const recorded = scenariosOf(await readFile(join(conformance, "expected.json"), "utf8"));
    const expected = Object.entries(recorded).filter(([, { quirk }]) => !quirk);
    const got = await replay("--no-quirks");
    const differing = (): typeof expected =>
      expected.filter(([name, scenario]) => JSON.stringify(scenario) !== JSON.stringify(got[name]));
    // Some tell of lines a fifth of a second apart, and run beside others: what differs is asked once more, alone.
    const again = differing().map(([name]) => name);
    if (again.length > 0) {
      console.log(`      once more: ${again.join(", ")}`);
      const alone = again.map((name) => name.replaceAll(".", "\\."));
      Object.assign(got, await replay("--only", `^(${alone.join("|")})$`));
    }
    const different = differing();
    const report = different.map(([name, scenario]) => `${name}: ${firstDifference(scenario, got[name])}`);
    assert.equal(
      different.length,
      0,
      `${different.length} of ${expected.length} scenarios differ:\n${report.join("\n")}`,
    );
    assert.equal(Object.keys(got).length, expected.length);
  });

  it("has none of the recorded defects that block a deployment", async function () {
    // Each of these would wait 8 s for an answer if the defect came back.
    this.timeout(60_000);
    const names = [
      "remote.create.line65535Logged",
      "remote.create.mib.oneLineLogged",
      "remote.create.notUtf8",
      "remote.update.previousOutput.200k",
      "local.create.oneLine64KiBLogged",
    ];
    const got = await replay("--only", `^(${[...names, "remote.create.connectionsLeft"].join("|")})$`);
    for (const name of names)
      for (const step of got[name]?.steps ?? assert.fail(`${name} did not run`)) {
        assert.equal(step.noAnswerWithinSeconds, undefined, `${name} was not answered`);
        assert.equal(step.error, undefined, `${name} failed: ${step.error?.message}`);
      }
    assert.equal(got["remote.create.connectionsLeft"]?.steps[0]?.value, 0, "SSH connections stay open");
  });
});
