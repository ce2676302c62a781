import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunCounts } from "./reporter.ts";

const project = path.resolve(import.meta.dirname, "..");

describe("the reporter of the tests", () => {
  for (const parallel of [false, true]) {
    it(`tells what passed at the second try only${parallel ? ", of files that run beside each other too" : ""}`, () => {
      const scratch = mkdtempSync(path.join(tmpdir(), "gatebox-reporter-"));
      try {
        const spec = path.join(scratch, "some.test.cjs");
        writeFileSync(
          spec,
          `let tries = 0;
           describe("a suite", () => {
             it("fails once", () => { if (tries++ === 0) throw new Error("too late"); });
             it("fails always", () => { throw new Error(\`wrong, \${tries++ % 2}\`); });
             it("passes", () => undefined);
           });`,
        );
        const counts = path.join(scratch, "counts");
        const mocha = [path.join(project, "node_modules/mocha/bin/mocha.js"), "--no-config", "--retries", "1"];
        const reporter = ["--reporter", path.join(import.meta.dirname, "reporter.ts")];
        spawnSync(process.execPath, [...mocha, ...(parallel ? ["--parallel"] : []), ...reporter, spec], {
          cwd: project,
          env: { ...process.env, GATEBOX_TEST_COUNTS: counts },
          timeout: 30_000,
        });
        const { passes, failures, failed, secondTry } = JSON.parse(readFileSync(counts, "utf8")) as RunCounts;
        assert.deepEqual({ passes, failures }, { passes: 2, failures: 1 });
        const title = "a suite › fails always";
        assert.deepEqual(failed, [`${title}\n    wrong, 1`, `at the first try: ${title}\n    wrong, 0`]);
        assert.deepEqual(secondTry, ["a suite › fails once\n    too late"]);
      } finally {
        rmSync(scratch, { recursive: true });
      }
    });
  }
});
