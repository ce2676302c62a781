import { z } from "zod";
import { suggestion } from "../nearMiss.ts";

/**
 * Says for each unknown key which one was probably meant, one line a key, in the order of `keys`: zod reports all unknown
 * keys of a mapping as one issue, and the reader of the issue parts them again.
 */
function describeUnknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `unknown key "${key}"${suggestion(key, known)}`).join("\n");
}

/** An error function for zod that answers unknown keys and leaves every other issue to the default. */
export function unknownKeys(known: readonly string[]): z.core.$ZodErrorMap {
  return (issue) => (issue.code === "unrecognized_keys" ? describeUnknownKeys(issue.keys, known) : undefined);
}

/** A mapping with these keys and no others. */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: unknownKeys(Object.keys(shape)) });
}
