import assert from "node:assert/strict";
import type { Expectation } from "../faults/fault.ts";
import { measure, type Measured } from "../faults/measure.ts";
import type { Run } from "../faults/record.ts";
import { findingsOf } from "../faults/verdict.ts";
import { aRun } from "./aRun.ts";

const expect: Expectation = { outageMs: 500 };

/** A run whose prober sent nothing for a while. */
function late(): Run {
  return aRun({ answers: aRun().answers.filter(({ sentAt }) => sentAt < 3000 || sentAt > 3400) });
}

async function measured(...runs: Run[]): Promise<Measured & { readonly taken: number }> {
  let taken = 0;
  const take = (): Promise<Run> => Promise.resolve(runs[taken++] ?? assert.fail("measured too often"));
  const result = await measure(take, (run) => findingsOf(run, expect));
  return { ...result, taken };
}

describe("a measurement", () => {
  it("is made once where the prober was prompt, whatever it found", async () => {
    const broken = aRun({ answers: aRun().answers.map((answer) => ({ ...answer, ok: false })) });
    const { taken, run, late: why } = await measured(broken);
    assert.deepEqual([taken, run, why], [1, broken, undefined]);
  });

  it("is made once more where the prober was late, and the second one counts", async () => {
    const second = aRun();
    const { taken, run, findings, late: why } = await measured(late(), second);
    assert.deepEqual([taken, run, why], [2, second, undefined]);
    assert.deepEqual(findings, findingsOf(second, expect));
  });

  it("could not be made where the prober was late again, and says so", async () => {
    const { taken, late: why } = await measured(late(), late());
    assert.equal(taken, 2);
    assert.match(why ?? "", /^this could not be measured, twice: the prober itself was late by \d+ ms/);
  });
});
