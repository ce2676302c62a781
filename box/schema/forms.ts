import type { z } from "zod";

/** A mapping of several forms, which one key tells apart. */
export type Discriminated = z.core.$ZodDiscriminatedUnionDef;

/** Whether a key tells the forms of a union apart. */
export function isDiscriminated(def: z.core.$ZodUnionDef): def is Discriminated {
  return "discriminator" in def && typeof def.discriminator === "string";
}

/**
 * The form that a mapping is of: the one that its key names, else the one that knows the most of its keys. So what is wrong
 * with the key hides nothing of the rest.
 */
export function formOf({ options, discriminator }: Discriminated, value: object): z.core.$ZodObject | undefined {
  const forms = options as readonly z.core.$ZodObject[];
  const told = (value as Readonly<Record<string, unknown>>)[discriminator] as z.core.util.Primitive;
  const named = forms.find((form) => form._zod.propValues[discriminator]?.has(told));
  if (named !== undefined) return named;
  const known = (form: z.core.$ZodObject): number =>
    Object.keys(value).filter((key) => Object.hasOwn(form._zod.def.shape, key)).length;
  const [most] = [...forms].sort((one, other) => known(other) - known(one));
  return most;
}

/** What the key must say for a form. */
export function keyOf({ discriminator }: Discriminated, form: z.core.$ZodObject): unknown {
  return [...(form._zod.propValues[discriminator] ?? [])][0];
}
