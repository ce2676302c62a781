import { z } from "zod";

/** A text that stands in a configuration, in one line: no control characters, and none that end a line or reorder it. */
export const line = z
  .string()
  .regex(/^[ -~\u00a0-\u2027\u2030-\ufdff]+$/, "is not one line of letters, digits and signs");
