/** What the machine was like when the suite began: figures of a busy one are longer than they need be. */
import { availableParallelism, loadavg } from "node:os";

export interface Conditions {
  /** Date of the run, as in 2026-11-21. */
  readonly date: string;
  readonly processors: number;
  /** Processes that wanted a processor in the minute before it began; see proc(5), loadavg. */
  readonly loadBefore: number;
}

/** As they are now. */
export function conditionsNow(): Conditions {
  const [loadBefore = 0] = loadavg();
  return { date: new Date().toISOString().slice(0, 10), processors: availableParallelism(), loadBefore };
}
