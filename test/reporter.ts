import { writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";

/** Of a failure, what the end of a long run repeats: the rest stands where it happened. */
const messageLines = 12;

/** How long the tests of a file took, hooks included. */
export interface FileTime {
  /** Relative to the project. */
  readonly file: string;
  readonly ms: number;
}

/** What one mocha run tells the run of all. */
export interface RunCounts {
  readonly passes: number;
  readonly failures: number;
  readonly failed: readonly string[];
  /** What failed once and then passed, with the message of the failure. */
  readonly secondTry: readonly string[];
  readonly files: readonly FileTime[];
}

/**
 * Prints what mocha's own `spec` reporter prints, and writes counts, failures and the time of each file to the file that
 * $GATEBOX_TEST_COUNTS names, so that several mocha runs close with one list of what failed and one line of counts.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed: string[] = [];
    const wall = new Stopwatch();
    const tests = new Map<string, number>();
    runner.on("suite", (suite) => wall.begin(suite));
    runner.on("suite end", (suite) => wall.end(suite));
    runner.on("test end", ({ file, duration }) => {
      if (file !== undefined) tests.set(file, (tests.get(file) ?? 0) + (duration ?? 0));
    });
    // Only steps whose tests share the machine with others have a second try, and it is told: see the configurations.
    const retried = new Map<string, string>();
    runner.on("retry", (test: Mocha.Test, error: Error) => retried.set(test.fullTitle(), described(test, error)));
    // What failed first may have left behind what the second try fails of.
    runner.on("fail", (test, error: Error) => {
      const before = retried.get(test.fullTitle());
      failed.push(described(test, error), ...(before === undefined ? [] : [`at the first try: ${before}`]));
    });
    const secondTry: string[] = [];
    runner.on("pass", (test) => secondTry.push(...[retried.get(test.fullTitle()) ?? []].flat()));
    runner.on("end", () => {
      const counts = process.env["GATEBOX_TEST_COUNTS"];
      if (counts === undefined) return;
      const { passes, failures } = this.stats;
      const written: RunCounts = { passes, failures, failed, secondTry, files: fileTimes(tests, wall.times) };
      writeFileSync(counts, JSON.stringify(written));
    });
  }
}

function described(test: Mocha.Runnable, error: Error): string {
  const message = error.message.split("\n").slice(0, messageLines);
  return [test.titlePath().join(" › "), ...message].join("\n    ");
}

/** Adds up how long the suites at the top of each file take, their hooks included. */
class Stopwatch {
  readonly times = new Map<string, number>();
  private readonly begun = new Map<string, number>();

  begin({ file, parent }: Mocha.Suite): void {
    if (file !== undefined && parent?.root === true) this.begun.set(file, Date.now());
  }

  end({ file, parent }: Mocha.Suite): void {
    const begun = file === undefined || parent?.root !== true ? undefined : this.begun.get(file);
    if (file === undefined || begun === undefined) return;
    this.times.set(file, (this.times.get(file) ?? 0) + Date.now() - begun);
  }
}

/** Where files run beside each other, mocha hears of a file when it has ended: then only the tests' own times count. */
function fileTimes(tests: ReadonlyMap<string, number>, wall: ReadonlyMap<string, number>): FileTime[] {
  const project = path.resolve(import.meta.dirname, "..");
  return [...tests].map(([file, ms]) => ({
    file: path.relative(project, file),
    ms: Math.max(ms, wall.get(file) ?? 0),
  }));
}
