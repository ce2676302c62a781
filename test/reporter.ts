import { appendFileSync } from "node:fs";
import Mocha from "mocha";

/**
 * Prints what mocha's own `spec` reporter prints, and adds the counts to the file that $GATEBOX_TEST_COUNTS names, so
 * that several mocha runs close with one line.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env["GATEBOX_TEST_COUNTS"];
    runner.on("end", () => {
      const { passes, failures, pending } = this.stats;
      if (file !== undefined) appendFileSync(file, `${JSON.stringify({ passes, failures, pending })}\n`);
    });
  }
}
