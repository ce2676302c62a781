/** What is compared: two ways to bring hosts into the state that a stack file describes. */
import type { Cost } from "../meter.ts";

/** A run of the one or the other. */
export interface Applied {
  readonly cost: Cost;
  /** Resources that were not left as they were, or tasks that have changed something. */
  readonly changed: number;
}

/** One way to run it, as its users do. */
export interface Way {
  /** For the table, for example `` `up --skip-preview` ``. */
  readonly name: string;
  apply(): Promise<Applied>;
}

/** One of the two, opened on a lab. The first way is the one that is usual. */
export interface Peer {
  readonly ways: readonly [Way, ...Way[]];
  /** Takes another stack file from now on; nothing is applied. */
  want(stackFile: string): Promise<void>;
  /** What it needs on a new host before all else, for itself alone. */
  prepare(): Promise<Cost | undefined>;
  /** Whatever of a run would make the next one shorter than one on another day. */
  rest(): Promise<void>;
}
