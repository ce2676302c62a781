/** What a figure is: a question of the project's requirements, and how the machine is asked. */
import type { LabStack } from "../lab/stack.ts";
import type { Lab } from "../lab/state.ts";
import type { Toolchain } from "../lab/toolchain/index.ts";
import type { Meter } from "./meter.ts";

/** `x` is a ratio of two measurements of the same run, which is what outlasts a change of machine. */
export type Unit = "x" | "%" | "count" | "s" | "ms" | "KiB" | "MiB" | "per second";

/** One line of a figure's table. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  /** What was asked for, in words; a benchmark reports and never asserts. */
  readonly target?: string;
  /** What stands in further columns; see {@link Figure.headings}. */
  readonly besides?: readonly string[];
}

/** What the machine was like. */
export interface Conditions {
  readonly processors: number;
  /** Processes that wanted a processor in the minute before it began; see proc(5), loadavg. */
  readonly loadBefore: number;
  /** When that was, where it was not now: as in 2026-11-21. */
  readonly date?: string;
}

/** Rows that were measured by another program, perhaps some time ago. */
export interface Measured {
  readonly rows: readonly Row[];
  readonly under: Conditions;
}

/** What figures that need the lab are measured on. */
export interface Bench {
  readonly lab: Lab;
  readonly toolchain: Toolchain;
  /** Runs Pulumi on the operator's workstation and sees what it costs. */
  readonly meter: Meter;
  /** The box itself, brought up and applied. */
  readonly box: LabStack;
  /** A stack whose program makes nothing. */
  readonly empty: LabStack;
}

/** One figure. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  /** How it is measured, for the reader of the table. */
  readonly how: string;
  /** Heads of the table's columns; three by default: what, measured, asked for. */
  readonly headings?: readonly string[];
  /** Whether it is measured on the lab; then the bench is open before it begins. */
  readonly onLab: boolean;
  /** Given the bench, a way to tell how far it is, and the name of the benchmarks' lab. */
  readonly measure: (
    bench: () => Promise<Bench>,
    say: (line: string) => void,
    name: string,
  ) => Promise<readonly Row[] | Measured>;
}
