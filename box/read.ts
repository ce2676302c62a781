import { z } from "zod";
import { configurationSchema, type Configuration } from "./configuration.ts";
import { formMeant, valueAt } from "./explain.ts";
import { formOf, isDiscriminated, keyOf } from "./schema/forms.ts";

/**
 * What could be read of a value: whatever the schema refuses is undefined, in its place, and everything around it stays.
 * Of a sound value that is all of it.
 */
export type Readable<Value> = Value extends readonly (infer Item)[]
  ? readonly (Readable<Item> | undefined)[]
  : Value extends object
    ? string extends keyof Value
      ? { readonly [Key in keyof Value]: Readable<Value[Key]> | undefined }
      : { readonly [Key in keyof Value]?: Readable<Value[Key]> | undefined }
    : Value;

/** The outcome of reading a configuration: whole if it fits the schema, else what fits it, and why the rest does not. */
export interface Reading {
  readonly whole: Configuration | undefined;
  readonly readable: Readable<Configuration>;
  readonly issues: readonly z.core.$ZodIssue[];
}

/**
 * Reads a configuration in one pass of the schema. A value that is refused hides no other: the rules look at all the rest of
 * its entry.
 *
 * @param values the sections as they were written; they stay as they are.
 */
export function readConfiguration(values: Readonly<Record<string, unknown>>): Reading {
  const context = { async: false } as const;
  // What safeParse does, which gives away what it has read when there are issues.
  const payload = configurationSchema._zod.run({ value: values, issues: [] }, context);
  if (payload instanceof Promise) throw new Error("the schema of a configuration waits for nothing");
  const found = payload.issues.flatMap((issue) => withRest(issue, context));
  const issues = found.map((issue) => z.core.util.finalizeIssue(issue, context, z.config())).flatMap(inside);
  if (issues.length > 0) return { whole: undefined, readable: withoutRefused(payload.value, issues), issues };
  const whole = payload.value as Configuration;
  return { whole, readable: whole, issues };
}

/** Beside a key that names none of several forms: what else is wrong with the mapping, by the form that it looks like. */
function withRest(issue: z.core.$ZodRawIssue, context: z.core.ParseContextInternal): z.core.$ZodRawIssue[] {
  const def = (issue.inst as z.core.$ZodTypes | undefined)?._zod.def;
  const { input } = issue;
  if (issue.code !== "invalid_union" || def?.type !== "union" || !isDiscriminated(def)) return [issue];
  if (typeof input !== "object" || input === null) return [issue];
  const form = formOf(def, input);
  const value = { ...input, [def.discriminator]: form && keyOf(def, form) };
  const rest = form?._zod.run({ value, issues: [] }, context);
  if (rest === undefined || rest instanceof Promise) return [issue];
  const place = (issue.path ?? []).slice(0, -1);
  // What another form has is not missing.
  const written = rest.issues.filter(({ path = [] }) => valueAt(value, path) !== undefined);
  return [issue, ...written.map((each) => ({ ...each, path: [...place, ...(each.path ?? [])] }))];
}

/** Of a value of several forms, what is wrong with the form that was meant. */
function inside(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  const meant = issue.code === "invalid_union" ? formMeant(issue) : undefined;
  return meant ? meant.flatMap((each) => inside({ ...each, path: [...issue.path, ...each.path] })) : [issue];
}

function withoutRefused(value: unknown, issues: readonly z.core.$ZodIssue[]): Readable<Configuration> {
  const rest = structuredClone(value);
  for (const issue of issues) {
    const parent = valueAt(rest, issue.code === "unrecognized_keys" ? issue.path : issue.path.slice(0, -1));
    if (typeof parent !== "object" || parent === null) continue;
    if (issue.code === "unrecognized_keys") for (const key of issue.keys) Reflect.deleteProperty(parent, key);
    else if (Object.hasOwn(parent, issue.path.at(-1) ?? "")) Reflect.set(parent, issue.path.at(-1) ?? "", undefined);
  }
  return rest as Readable<Configuration>;
}
