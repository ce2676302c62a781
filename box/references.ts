import type { z } from "zod";
import { show } from "./printable.ts";
import { formOf, isDiscriminated } from "./schema/forms.ts";
import { namings, references, type Table } from "./schema/references.ts";
import { sections } from "./sections/index.ts";
import { unknown } from "./unknownNames.ts";
import { pathTo, type PathStep, type Violation } from "./violations.ts";

/** The names that are declared in each table; undefined where a whole table could not be read. */
export type Declared = Readonly<Record<Table, ReadonlySet<string> | undefined>>;

/** The names that something refers to, of each table. */
export type Used = Readonly<Record<Table, ReadonlySet<string>>>;

/** What a walk has with it: the names that are declared, where it is, and what it has found. */
interface Walk {
  readonly used: Readonly<Record<Table, Set<string>>>;
  readonly declared: Declared;
  readonly path: PathStep[];
  readonly found: Violation[];
}

/**
 * Every name that is used is declared, and every name that is given can be one. Walks what was written beside the schema that
 * says what stands where, and passes over what does not fit.
 */
export function namesOf(
  values: Readonly<Record<string, unknown>>,
  declared: Declared,
): { readonly used: Used; readonly violations: readonly Violation[] } {
  const used = { networks: new Set(), hosts: new Set(), pools: new Set(), apps: new Set(), virtualIps: new Set(), aptRepositories: new Set() } as Record<Table, Set<string>>; // prettier-ignore
  const walking: Walk = { declared, used, path: [], found: [] };
  for (const { name, schema } of sections) inside(walking, name, () => walk(schema, values[name], walking));
  return { used, violations: walking.found };
}

function walk(schema: z.core.$ZodType, value: unknown, walking: Walk): void {
  if (value === undefined || !hasNames(schema)) return;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "string" && typeof value === "string") checkReference(schema, value, walking);
  else if (def.type === "default" || def.type === "prefault" || def.type === "optional") {
    walk(def.innerType, value, walking);
  } else if (def.type === "union") {
    for (const option of optionsFor(def, value)) walk(option, value, walking);
  } else if (def.type === "array" && Array.isArray(value)) {
    for (const [index, item] of value.entries()) inside(walking, index, () => walk(def.element, item, walking));
  } else if (def.type === "object") {
    for (const [key, inner] of Object.entries(def.shape))
      inside(walking, key, () => walk(inner, own(value, key), walking));
  } else if (def.type === "record") {
    for (const [key, item] of Object.entries(mapping(value)))
      inside(walking, key, () => {
        checkKey(schema, def.keyType, key, walking);
        walk(def.valueType, item, walking);
      });
  }
}

function inside({ path }: Walk, step: PathStep, action: () => void): void {
  path.push(step);
  action();
  path.pop();
}

const withNames = new WeakMap<z.core.$ZodType, boolean>();

/** Whether anything that a schema takes is a name: most of a configuration is none, and need not be walked through. */
function hasNames(schema: z.core.$ZodType): boolean {
  let known = withNames.get(schema);
  if (known === undefined) withNames.set(schema, (known = findsNames(schema)));
  return known;
}

function findsNames(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "string") return references.get(schema as z.ZodType) !== undefined;
  if (def.type === "default" || def.type === "prefault" || def.type === "optional") return hasNames(def.innerType);
  if (def.type === "union") return def.options.some(hasNames);
  if (def.type === "array") return hasNames(def.element);
  if (def.type === "object") return Object.values(def.shape).some(hasNames);
  if (def.type !== "record") return false;
  return namings.get(schema as z.ZodType) !== undefined || hasNames(def.keyType) || hasNames(def.valueType);
}

/** Of several forms those that a value may be of: where a key tells them apart, one. */
function optionsFor(def: z.core.$ZodUnionDef, value: unknown): readonly z.core.$ZodType[] {
  if (!isDiscriminated(def)) return def.options;
  const form = formOf(def, mapping(value));
  return form === undefined ? [] : [form];
}

function checkKey(schema: z.core.$ZodType, keyType: z.core.$ZodType, key: string, walking: Walk): void {
  const fault = namings.get(schema as z.ZodType)?.faultOf(key);
  if (fault !== undefined)
    walking.found.push({ path: pathTo(walking.path), message: `${show(key)} ${fault}`, isKey: true });
  checkReference(keyType, key, walking, { isKey: true });
}

function checkReference(
  schema: z.core.$ZodType,
  name: string,
  { declared, used, path, found }: Walk,
  more: Pick<Violation, "isKey"> = {},
): void {
  const reference = references.get(schema as z.ZodType);
  if (!reference || reference.isName?.(name) === false) return;
  used[reference.table].add(name);
  const names = declared[reference.table];
  if (names === undefined || names.has(name)) return;
  const entry = sections.find((section) => section.name === reference.table)?.entry ?? reference.table;
  found.push({ path: pathTo(path), message: unknown(entry, reference.table, name, names), ...more });
}

function mapping(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function own(value: unknown, key: string): unknown {
  return Object.hasOwn(mapping(value), key) ? (value as Record<string, unknown>)[key] : undefined;
}
