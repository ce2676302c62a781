import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureTestPrograms } from "./prerequisites.ts";

/**
 * Everything that proves the project, from the cheap to the dear, closed by one line of counts. A step that fails does
 * not keep the others from running: one run shows all that is wrong.
 */

const project = path.resolve(import.meta.dirname, "..");
const workspace = mkdtempSync(path.join(tmpdir(), "gatebox-test-"));
const counts = path.join(workspace, "counts");
writeFileSync(counts, "");

/** A lab of the tests' own, so that a box brought up by `npm start` is left alone. */
const labName = process.env["GATEBOX_TEST_LAB"] ?? "test";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Counted as one test of its own; mocha runs count theirs themselves. */
  readonly counted: boolean;
  /** Minutes after which the step has hung: several times what it takes on two busy cores. */
  readonly minutes: number;
}

const node = process.execPath;
const mocha = (config: string): string[] => [
  node,
  "node_modules/mocha/bin/mocha.js",
  "--config",
  config,
  "--reporter",
  "test/reporter.ts",
];
const bin = (name: string): string => path.join("node_modules", ".bin", name);

const cheap: Step[] = [
  { name: "types", command: [bin("tsc"), "--noEmit"], counted: true, minutes: 5 },
  { name: "lint", command: [bin("eslint"), "."], counted: true, minutes: 10 },
  { name: "format", command: [bin("prettier"), "--check", "."], counted: true, minutes: 5 },
  { name: "unit", command: mocha("test/unit.mocharc.json"), counted: false, minutes: 10 },
];

const dear: Step[] = [
  { name: "root", command: mocha("test/root.mocharc.json"), counted: false, minutes: 40 },
  { name: "start", command: [node, "lab/start.ts", "--name", labName], counted: true, minutes: 60 },
  { name: "box", command: mocha("test/e2e.mocharc.json"), counted: false, minutes: 40 },
  { name: "down", command: [node, "lab/cli.ts", "down", "--name", labName], counted: true, minutes: 5 },
];

const children = new Set<ReturnType<typeof spawn>>();

async function runStep(step: Step): Promise<boolean> {
  const begun = Date.now();
  console.log(`\n=== ${step.name}: ${step.command.slice(step.command[0] === node ? 1 : 0).join(" ")}`);
  const [command = "", ...args] = step.command;
  const child = spawn(command, args, {
    cwd: project,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, GATEBOX_TEST_COUNTS: counts, GATEBOX_LAB: labName },
    timeout: step.minutes * 60_000,
  });
  children.add(child);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on("close", (status) => resolve(status ?? 1));
  });
  children.delete(child);
  console.log(
    `=== ${step.name}: ${code === 0 ? "passed" : `failed (${code})`} in ${Math.round((Date.now() - begun) / 1000)} s`,
  );
  return code === 0;
}

interface Counts {
  passes: number;
  failures: number;
  /** What failed, a test each with its message: repeated at the end, where the reader of a long run looks first. */
  failed: string[];
}

/** A mocha run that ends before it can count itself (a crash, a time limit) is one failure, never none. */
async function runAll(steps: readonly Step[]): Promise<Counts> {
  const total: Counts = { passes: 0, failures: 0, failed: [] };
  for (const step of steps) {
    const before = readFileSync(counts, "utf8").length;
    const passed = await runStep(step);
    const reported = readFileSync(counts, "utf8").slice(before).split("\n").filter(Boolean);
    if (step.counted || reported.length === 0) {
      total[passed && step.counted ? "passes" : "failures"] += 1;
      if (!passed) total.failed.push(`the step ${step.name}`);
      continue;
    }
    const failuresBefore = total.failures;
    for (const line of reported) {
      const { passes, failures, failed } = JSON.parse(line) as Counts;
      total.passes += passes;
      total.failures += failures;
      total.failed.push(...failed);
    }
    if (!passed && total.failures === failuresBefore) {
      total.failures += 1;
      total.failed.push(`the step ${step.name}, after its tests had passed`);
    }
  }
  return total;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
if (isRoot) ensureTestPrograms();
else console.log("Not root on Linux: only what needs neither is run. The box itself is proved by `sudo npm test`.");
const total = await runAll(isRoot ? [...cheap, ...dear] : cheap);
rmSync(workspace, { recursive: true, force: true });
if (total.failed.length > 0) console.log(`\nFailed:\n  ${total.failed.join("\n  ")}`);
console.log(`\n${total.passes} passed, ${total.failures} failed`);
process.exitCode = total.failures === 0 ? 0 : 1;
