import { z } from "zod";
import { editorHints } from "./editorHints.ts";

/** The sections whose entries have names that others refer to. */
export type Table = "networks" | "hosts" | "pools" | "apps" | "virtualIps" | "aptRepositories";

/** What a text names. */
interface Reference {
  readonly table: Table;
  /** Of a place that takes something else too: whether a text is a name at all. */
  readonly isName?: ((text: string) => boolean) | undefined;
}

/** The schemas of texts that name an entry of a table. */
export const references = z.registry<Reference>();

/** The schemas of mappings whose keys are names that are given there, and what is wrong with such a name. */
export const namings = z.registry<{ readonly faultOf: (name: string) => string | undefined }>();

/**
 * The name of an entry of another section. What names nothing is found by walking the schema, beside everything else that
 * may be wrong with an entry.
 *
 * @param isName tells names from whatever else may stand there
 * @param missing follows "is missing: ", where the reader is to learn more than that a text is wanted
 */
export function referenceTo(table: Table, isName?: (text: string) => boolean, missing?: string): z.ZodString {
  const schema =
    missing === undefined
      ? z.string()
      : z.string({ error: ({ input }) => (input === undefined ? `is missing: ${missing}` : undefined) });
  references.add(schema, { table, isName });
  return schema;
}

/**
 * A mapping of entries by their names. A name that cannot be one is found by walking the schema: zod would not look at the
 * entry under it.
 */
export function named<Entry extends z.ZodType>(key: z.ZodString, entry: Entry): z.ZodRecord<z.ZodString, Entry> {
  const { $schema, ...propertyNames } = z.toJSONSchema(key, { target: "draft-7", override: editorHints });
  if ($schema === undefined) throw new Error("zod wrote no JSON Schema");
  const schema = z.record(z.string(), entry).meta({ propertyNames });
  namings.add(schema, { faultOf: (name) => key.safeParse(name).error?.issues[0]?.message });
  return schema;
}

/** A mapping by the names of networks. */
export function byNetwork<Value extends z.ZodType>(value: Value): z.ZodRecord<z.ZodString, Value> {
  return z.record(referenceTo("networks"), value);
}
