import { appendFileSync } from "node:fs";
import Mocha from "mocha";

/** Of a failure, what the end of a long run repeats: the rest stands where it happened. */
const messageLines = 12;

/**
 * Prints what mocha's own `spec` reporter prints, and adds the counts and the failures to the file that
 * $GATEBOX_TEST_COUNTS names, so that several mocha runs close with one list of what failed and one line of counts.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env["GATEBOX_TEST_COUNTS"];
    const failed: string[] = [];
    runner.on("fail", (test, error: Error) => {
      const message = error.message.split("\n").slice(0, messageLines);
      failed.push([test.titlePath().join(" › "), ...message].join("\n    "));
    });
    runner.on("end", () => {
      const { passes, failures, pending } = this.stats;
      if (file !== undefined) appendFileSync(file, `${JSON.stringify({ passes, failures, pending, failed })}\n`);
    });
  }
}
