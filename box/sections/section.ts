import type { z } from "zod";
import type { Configuration } from "../configuration.ts";
import type { Draft } from "../draft.ts";
import type { Box } from "../model.ts";
import type { Violation } from "../violations.ts";

/** A rule looks at what could be read of a configuration and reports what breaks it. Each is linear in its size. */
export type Rule = (draft: Draft) => Iterable<Violation>;

/** A configuration that breaks no rule. */
export interface Sound {
  readonly draft: Draft;
  readonly configuration: Configuration;
}

/** All that there is to say about one section of the stack file. */
export interface Section<Name extends string, Schema extends z.ZodType> {
  readonly name: Name;
  /** What is written. Names of other sections' entries are declared in it, with `referenceTo`. */
  readonly schema: Schema;
  /** What messages call an entry that others refer to, for example `pool`. */
  readonly entry?: string;
  /** What goes beyond one value. */
  readonly rules: readonly Rule[];
  /** What is sound but hardly meant. Asked only of a configuration that breaks no rule. */
  readonly warnings?: readonly Rule[];
  /** The section's part of the model. */
  readonly resolve?: (sound: Sound) => Name extends keyof Box ? Box[Name] : never;
}
