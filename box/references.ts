import type { z } from "zod";
import { show } from "./printable.ts";
import { formOf, isDiscriminated } from "./schema/forms.ts";
import { namings, references, type Table } from "./schema/references.ts";
import { sections } from "./sections/index.ts";
import { unknown } from "./unknownNames.ts";
import { pathTo, type PathStep, type Violation } from "./violations.ts";

/** The names that are declared in each table; undefined where a whole table could not be read. */
export type Declared = Readonly<Record<Table, ReadonlySet<string> | undefined>>;

type Path = readonly PathStep[];

/**
 * Every name that is used is declared, and every name that is given can be one. Walks what was written beside the schema that
 * says what stands where, and passes over what does not fit.
 */
export function* badNames(values: Readonly<Record<string, unknown>>, declared: Declared): Generator<Violation> {
  for (const { name, schema } of sections) yield* walk(schema, values[name], [name], declared);
}

function* walk(schema: z.core.$ZodType, value: unknown, path: Path, declared: Declared): Generator<Violation> {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (value === undefined) return;
  if (def.type === "string" && typeof value === "string") yield* unknownName(schema, value, path, declared);
  else if (def.type === "default" || def.type === "prefault" || def.type === "optional") {
    yield* walk(def.innerType, value, path, declared);
  } else if (def.type === "union") {
    for (const option of optionsFor(def, value)) yield* walk(option, value, path, declared);
  } else if (def.type === "array" && Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* walk(def.element, item, [...path, index], declared);
  } else if (def.type === "object") {
    for (const [key, inner] of Object.entries(def.shape)) yield* walk(inner, own(value, key), [...path, key], declared);
  } else if (def.type === "record") {
    for (const [key, item] of Object.entries(mapping(value))) {
      yield* badKey(schema, def.keyType, key, [...path, key], declared);
      yield* walk(def.valueType, item, [...path, key], declared);
    }
  }
}

/** Of several forms those that a value may be of: where a key tells them apart, one. */
function optionsFor(def: z.core.$ZodUnionDef, value: unknown): readonly z.core.$ZodType[] {
  if (!isDiscriminated(def)) return def.options;
  const form = formOf(def, mapping(value));
  return form === undefined ? [] : [form];
}

function* badKey(
  schema: z.core.$ZodType,
  keyType: z.core.$ZodType,
  key: string,
  path: Path,
  declared: Declared,
): Generator<Violation> {
  const fault = namings.get(schema as z.ZodType)?.faultOf(key);
  if (fault !== undefined) yield { path: pathTo(path), message: `${show(key)} ${fault}`, isKey: true };
  for (const violation of unknownName(keyType, key, path, declared)) yield { ...violation, isKey: true };
}

function* unknownName(schema: z.core.$ZodType, name: string, path: Path, declared: Declared): Generator<Violation> {
  const reference = references.get(schema as z.ZodType);
  if (!reference || reference.isName?.(name) === false) return;
  const names = declared[reference.table];
  if (names === undefined || names.has(name)) return;
  const entry = sections.find((section) => section.name === reference.table)?.entry ?? reference.table;
  yield { path: pathTo(path), message: unknown(entry, reference.table, name, names) };
}

function mapping(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function own(value: unknown, key: string): unknown {
  return Object.hasOwn(mapping(value), key) ? (value as Record<string, unknown>)[key] : undefined;
}
