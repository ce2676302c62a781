import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureTestPrograms } from "./prerequisites.ts";
import { ProcessGroups, type Ended } from "./processGroups.ts";
import type { FileTime, RunCounts } from "./reporter.ts";
import { plainStages, rootStages, type Stage, type Step } from "./steps.ts";

/**
 * Everything that proves the project, closed by one line of counts. A step that fails does
 * not keep the others from running: one run shows all that is wrong.
 */

const project = path.resolve(import.meta.dirname, "..");
const workspace = mkdtempSync(path.join(tmpdir(), "gatebox-test-"));
const labName = process.env["GATEBOX_TEST_LAB"] ?? "test";
const node = process.execPath;

/** Seconds between lines that say what is running: the output of a step comes when it ends. */
const heartbeatSeconds = 60;

/** Seconds that a step has to clean up in after its time limit. */
const graceSeconds = 20;

/** How many of the slowest files the end of a run names. */
const slowestFiles = 10;

/** What a step has brought. */
interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly passes: number;
  readonly failures: number;
  /** What failed, a test each with its message: repeated at the end, where the reader of a long run looks first. */
  readonly failed: readonly string[];
  /** What passed at the second try only. */
  readonly secondTry: readonly string[];
  readonly files: readonly FileTime[];
}

const groups = new ProcessGroups();
const running = new Map<string, number>();
const stop = new AbortController();

const secondsSince = (begun: number): number => Math.round((Date.now() - begun) / 1000);

function command({ command: [program = "", ...args], minutes, env: own }: Step, counts: string): Promise<Ended> {
  const env = { ...process.env, ...own, GATEBOX_TEST_COUNTS: counts, GATEBOX_LAB: labName };
  return groups.run(program, args, { cwd: project, env, limit: minutes * 60_000, grace: graceSeconds * 1000 });
}

/** Runs one step and prints what it said, whole: the output of steps beside each other does not mix. */
async function runStep(step: Step): Promise<Result> {
  const begun = Date.now();
  const counts = path.join(workspace, step.name);
  running.set(step.name, begun);
  const { code, output } = await command(step, counts);
  running.delete(step.name);
  const shown = step.command.filter((word) => word !== node).join(" ");
  const seconds = secondsSince(begun);
  const end = code === 0 ? "passed" : `failed (${code})`;
  console.log(`\n=== ${step.name}: ${shown}\n${output.trimEnd()}\n=== ${step.name}: ${end} in ${seconds} s`);
  return { name: step.name, seconds, ...outcome(step, code === 0, counts) };
}

/** A mocha run that ends before it can count itself (a crash, a time limit) is one failure, never none. */
function outcome(step: Step, passed: boolean, counts: string): Omit<Result, "name" | "seconds"> {
  const reported = step.counted ? undefined : readCounts(counts);
  if (reported === undefined) {
    const failed = passed && step.counted ? [] : [`the step ${step.name}`];
    return { passes: failed.length === 0 ? 1 : 0, failures: failed.length, failed, secondTry: [], files: [] };
  }
  const { passes, failures, failed, secondTry, files } = reported;
  if (passed || failures > 0) return { passes, failures, failed, secondTry, files };
  return { passes, failures: 1, failed: [`the step ${step.name}, after its tests had passed`], secondTry, files };
}

function readCounts(file: string): RunCounts | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RunCounts;
  } catch {
    return undefined;
  }
}

async function runLane(steps: readonly Step[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const step of steps) if (!stop.signal.aborted) results.push(await runStep(step));
  return results;
}

async function runStages(stages: readonly Stage[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const stage of stages) results.push(...(await Promise.all(stage.map(runLane))).flat());
  return results;
}

/** The seconds of every step, and the files that took longest: where time is to be saved. */
function printTimes(results: readonly Result[]): void {
  console.log(`\nSeconds by step:  ${results.map(({ name, seconds }) => `${name} ${seconds}`).join(" · ")}`);
  const slowest = results.flatMap(({ files }) => files).sort((one, other) => other.ms - one.ms);
  console.log(`The ${slowestFiles} slowest files:`);
  for (const { file, ms } of slowest.slice(0, slowestFiles))
    console.log(`  ${String(Math.round(ms / 1000)).padStart(4)} s  ${file}`);
}

function sum(results: readonly Result[], key: "passes" | "failures"): number {
  return results.reduce((total, result) => total + result[key], 0);
}

// Steps lead process groups of their own, which a terminal's Ctrl-C does not reach. The second one is no longer a question.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    groups.signal(stop.signal.aborted ? "SIGKILL" : signal);
    stop.abort();
  });
}
const heartbeat = setInterval(() => {
  const steps = [...running].map(([name, begun]) => `${name} (${secondsSince(begun)} s)`);
  if (steps.length > 0) console.log(`… ${steps.join(", ")}`);
}, heartbeatSeconds * 1000);

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const begun = Date.now();
if (isRoot) ensureTestPrograms();
const results = await runStages(isRoot ? rootStages(labName) : plainStages);
if (!isRoot) {
  console.log("Not root on Linux: only what needs neither is run. The box itself is proved by `sudo npm test`.");
}
clearInterval(heartbeat);
rmSync(workspace, { recursive: true, force: true });
printTimes(results);
const failed = results.flatMap((result) => result.failed);
const secondTry = results.flatMap((result) => result.secondTry);
if (secondTry.length > 0) console.log(`\nPassed at the second try only:\n  ${secondTry.join("\n  ")}`);
if (failed.length > 0) console.log(`\nFailed:\n  ${failed.join("\n  ")}`);
console.log(`\nThe whole run took ${secondsSince(begun)} s.`);
console.log(`\n${sum(results, "passes")} passed, ${sum(results, "failures")} failed`);
process.exitCode = sum(results, "failures") === 0 && !stop.signal.aborted ? 0 : 1;
