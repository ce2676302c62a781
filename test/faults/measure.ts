/** A run that says something: the prober was prompt enough for what it had to measure. */
import { lateIn, type Finding } from "./verdict.ts";
import type { Run } from "./record.ts";

/** A run and what it amounts to. */
export interface Measured {
  readonly run: Run;
  readonly findings: readonly Finding[];
  /** Why it says nothing, in words: the prober was late both times. */
  readonly late?: string;
}

/**
 * Measures, and once more where the prober itself was too late: what else the machine did then may be over.
 *
 * @param take one measurement
 * @param judge what it amounts to
 */
export async function measure(take: () => Promise<Run>, judge: (run: Run) => readonly Finding[]): Promise<Measured> {
  const first = await take();
  if (lateIn(judge(first)) === undefined) return { run: first, findings: judge(first) };
  const run = await take();
  const findings = judge(run);
  const late = lateIn(findings);
  return { run, findings, ...(late === undefined ? {} : { late: `this could not be measured, twice: ${late}` }) };
}
