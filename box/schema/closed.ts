import { z } from "zod";
import { suggestion } from "../nearMiss.ts";
import { show } from "../printable.ts";

/**
 * What to write instead of a key that belongs to another vocabulary, for example that of the documents; undefined for
 * a key that says nothing.
 */
export type KeyExplanation = (key: string, value: unknown) => string | undefined;

/**
 * Says for each unknown key which one was probably meant, one line a key, in the order of `keys`: zod reports all unknown
 * keys of a mapping as one issue, and the reader of the issue parts them again.
 */
function describeUnknownKeys(
  keys: readonly string[],
  known: readonly string[],
  explanationOf: (key: string) => string | undefined,
): string {
  const describe = (key: string) => {
    const explanation = explanationOf(key);
    return `unknown key ${show(key)}${explanation === undefined ? suggestion(key, known) : `: ${explanation}`}`;
  };
  return keys.map(describe).join("\n");
}

/** An error function for zod that answers unknown keys and leaves every other issue to the default. */
export function unknownKeys(known: readonly string[], explain?: KeyExplanation): z.core.$ZodErrorMap {
  return (issue) => {
    if (issue.code !== "unrecognized_keys") return undefined;
    const values = (issue.input ?? {}) as Readonly<Record<string, unknown>>;
    return describeUnknownKeys(issue.keys, known, (key) => explain?.(key, values[key]));
  };
}

/**
 * A mapping with these keys and no others.
 *
 * @param explain answers keys that a reader of other vocabularies may write; the rest get a near miss.
 */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape, explain?: KeyExplanation) {
  return z.strictObject(shape, { error: unknownKeys(Object.keys(shape), explain) });
}
