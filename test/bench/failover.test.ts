import assert from "node:assert/strict";
import { failover, rowOf, suiteOf } from "../../bench/figures/failover.ts";
import { readme } from "../../bench/results.ts";
import { faults } from "../faults/faults/index.ts";
import { findingsOf } from "../faults/verdict.ts";
import type { Suite } from "../faults/report/write.ts";
import { aRun } from "../probe/aRun.ts";

const findings = findingsOf(aRun(), { outageMs: 500, failBackMs: 200 });

function suite(names: readonly string[], skipped: readonly string[] = []): string {
  const results = names.map((name) => ({ name, title: `${name} happens`, findings }));
  const whole: Suite = { date: "2026-11-21", processors: 2, loadBefore: 0.75, skipped, faults: results };
  return JSON.stringify(whole);
}

describe("the table of failovers", () => {
  const all = faults.map(({ name }) => name);
  const [first = "", ...others] = all;

  it("is made of a whole run: every fault, or that its hosts are not there", () => {
    assert.equal(suiteOf(suite(all)).faults.length, all.length);
    assert.equal(suiteOf(suite(others, [first])).faults.length, others.length);
  });

  it("is not made of a part of one, and says what is missing and what was said last", () => {
    assert.throws(
      () => suiteOf(suite(others), "lab bench is not up\n(status 1)"),
      (error: Error) =>
        error.message.startsWith(`the suite has no results of ${first}; it said last:\nlab bench is not up`),
    );
  });

  it("is not made of nothing: the suite's own words tell why", () => {
    assert.throws(
      () => suiteOf(undefined, "arping is missing"),
      /has written no results; it said last:\narping is missing/,
    );
    assert.throws(() => suiteOf("[]"), /results of an older suite/);
  });

  it("tells when and under what load the suite ran, not the table", () => {
    const { faults: results, processors, loadBefore, date } = suiteOf(suite(all));
    const rows = results.map(rowOf);
    const text = readme({ failover: { rows, processors, loadBefore, date } }, [failover]);
    assert.match(text, /Measured on 2026-11-21, on 2 cores, load average 0\.8 when it began\./);
  });

  it("keeps silent about a prober that was prompt, and names one that was late", () => {
    const row = (more: Parameters<typeof aRun>[0]): string => {
      const found = findingsOf(aRun(more), { outageMs: 500, failBackMs: 500 });
      return (rowOf({ name: "one", title: "one", findings: found }).besides ?? []).join();
    };
    assert.doesNotMatch(row({}), /prober/);
    const late = aRun().answers.filter(({ sentAt }) => sentAt < 3000 || sentAt > 3600);
    assert.match(row({ answers: late }), /prober late by at most: 600 ms \(broken, 250 ms\)/);
  });
});
