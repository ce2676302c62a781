import type { z } from "zod";

/** What zod gives for each schema that it writes as JSON Schema. */
interface Writing {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Anything of zod's that has a rule in words. */
interface Ruled {
  readonly error?: z.core.$ZodErrorMap<never> | undefined;
}

/**
 * Makes what zod writes fit for editors and strict validators: alternatives exclude each other, formats that only zod knows are
 * left to the patterns beside them, and in place of a regular expression a person reads the rule that a preview would give.
 *
 * @see https://code.visualstudio.com/docs/languages/json, for `patternErrorMessage` and `errorMessage`
 */
export function editorHints({ zodSchema, jsonSchema }: Writing): void {
  if (jsonSchema.pattern !== undefined || jsonSchema.allOf !== undefined) delete jsonSchema.format;
  if (jsonSchema.anyOf) {
    jsonSchema.oneOf = jsonSchema.anyOf;
    delete jsonSchema.anyOf;
  }
  const types = jsonSchema.type as unknown;
  if (Array.isArray(types)) {
    jsonSchema.oneOf = types.map((type: "string") => ({ type }));
    delete jsonSchema.type;
  }
  const { def } = zodSchema._zod;
  const checks = (def.checks ?? []).map((check) => check._zod.def);
  if (jsonSchema.pattern !== undefined) {
    const ofForm = [def, ...checks].filter((one) => "check" in one && one.check === "string_format");
    say(jsonSchema, "patternErrorMessage", ofForm);
  } else if (jsonSchema.oneOf !== undefined || jsonSchema.minimum !== undefined) {
    say(jsonSchema, "errorMessage", [def, ...checks]);
  }
}

function say(jsonSchema: z.core.JSONSchema.BaseSchema, keyword: string, ruled: readonly Ruled[]): void {
  const [rule] = ruled.flatMap((one) => ruleOf(one) ?? []);
  // What a schema says of itself is more to the point.
  if (rule !== undefined) jsonSchema[keyword] ??= `This value ${rule}.`;
}

/** The words of a rule that does not depend on the value. */
function ruleOf({ error }: Ruled): string | undefined {
  const said = error?.({ code: "custom", input: undefined, path: [], message: "" } as never);
  const words = typeof said === "string" ? said : said?.message;
  return words?.startsWith("is n") === true && !words.includes("\n") ? words : undefined;
}

/** JSON Schema for a mapping that has exactly one of these keys. Strict validators want the keys named where they are required. */
export function withOneOf(...keys: readonly string[]): object[] {
  return keys.map((key) => ({ required: [key], properties: { [key]: {} } }));
}
