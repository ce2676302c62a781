/**
 * Validates properties against their object type. The texts are those of the framework under the official plugin
 * (pulumi-go-provider), down to its Go type names: whoever compares or searches them finds the same.
 */
import { ProviderError } from "../protocol/provider.ts";
import type { CheckFailure } from "../protocol/provider.ts";
import { isArchive, isAsset, isObject, isSecret, isUnknown, secret, unwrap } from "../protocol/wireValues.ts";
import type { WireObject, WireValue } from "../protocol/wireValues.ts";
import { status } from "@grpc/grpc-js";
import type { Field, FieldType, ObjectType } from "./objectTypes.ts";

const goKinds: Partial<Record<FieldType["kind"], string>> = {
  string: "string",
  enum: "string",
  boolean: "bool",
  number: "float64",
  integer: "float64",
  map: "map[string]string",
  object: "map[string]interface {}",
  assets: "map[string]interface {}",
};
const goName = (type: FieldType): string =>
  type.kind === "list" ? (type.of === "any" ? "[]interface {}" : "[]string") : (goKinds[type.kind] ?? type.kind);

function goNameOf(value: WireValue): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  return "map[string]interface {}";
}

/** Whether the outermost shape of a known value is that of the type. */
function fits(type: FieldType, value: WireValue): boolean {
  switch (type.kind) {
    case "any":
    case "asset":
    case "archive":
      return true;
    case "list":
      return Array.isArray(value);
    case "map":
    case "object":
    case "assets":
      return isObject(value);
    case "boolean":
      return typeof value === "boolean";
    case "number":
    case "integer":
      return typeof value === "number";
    case "string":
    case "enum":
      return typeof value === "string";
  }
}

const wrongType = (owner: ObjectType, property: string, expected: string, got: WireValue): CheckFailure => ({
  property,
  reason: `Field '${property}' on '${owner.name}' must be a '${expected}'; got '${goNameOf(got)}' instead`,
});

const missing = (owner: ObjectType, property: string): CheckFailure => ({
  property,
  reason: `Missing required field '${property}' on '${owner.name}'`,
});

/** Failures as one text. */
export const failureText = (failures: CheckFailure[]): string =>
  [`${failures.length} failures decoding:`, ...failures.map((f) => `${f.property}: ${f.reason}`)].join("\n\t");

/** Elements of lists and maps that should be strings and are not. */
function elementFailures(owner: ObjectType, elements: [string, WireValue][]): CheckFailure[] {
  return elements.flatMap(([property, value]) => {
    const element = unwrap(value);
    if (isUnknown(element) || typeof element === "string") return [];
    return [wrongType(owner, property, "string", element)];
  });
}

function fieldFailures(owner: ObjectType, property: string, type: FieldType, given: WireValue): CheckFailure[] {
  const value = unwrap(given);
  if (isUnknown(value)) return [];
  // Something that is no asset decodes to nothing, which the resource itself refuses.
  if (type.kind === "asset" || type.kind === "archive") return [];
  if (!fits(type, value)) return [wrongType(owner, property, goName(type), value)];
  if (type.kind === "list" && type.of === "string" && Array.isArray(value))
    return elementFailures(
      owner,
      value.map((element, i) => [`${property}[${i}]`, element]),
    );
  if (type.kind === "map" && isObject(value))
    return elementFailures(
      owner,
      Object.entries(value).map(([key, element]) => [`${property}[${key}] value`, element]),
    );
  if (type.kind === "object" && isObject(value)) {
    const inner = decodeFailures(type.type, value);
    const path = `${owner.name.split(".").at(-1)}.${property}`;
    if (inner.length > 0) return [{ property, reason: `An error occurred decoding '${path}': ${failureText(inner)}` }];
  }
  return [];
}

/** All violations in the properties of one object: unknown, missing and wrongly typed ones. */
export function decodeFailures(type: ObjectType, properties: WireObject): CheckFailure[] {
  const known = Object.entries(type.fields).flatMap(([property, field]) => {
    const value = properties[property];
    if (value !== undefined) return fieldFailures(type, property, field.type, value);
    return field.required ? [missing(type, property)] : [];
  });
  return [...known, ...unrecognized(type, properties)];
}

/** Properties that the type does not have. */
export const unrecognized = (type: ObjectType, properties: WireObject): CheckFailure[] =>
  Object.keys(properties)
    .filter((property) => !(property in type.fields))
    .map((property) => ({ property, reason: `Unrecognized field '${property}' on '${type.name}'` }));

/** Throws if there are violations: for calls that, unlike Check, have no other way to report them. */
export function demand(failures: CheckFailure[]): void {
  if (failures.length > 0) throw new ProviderError(status.UNKNOWN, failureText(failures));
}

function normalField(field: Field, value: WireValue, defaults: boolean): WireValue {
  const keep = isSecret(value) ? secret : (inner: WireValue) => inner;
  const bare = unwrap(value);
  if (field.type.kind === "object" && isObject(bare)) return keep(normalise(field.type.type, bare, defaults));
  if (field.type.kind === "integer" && typeof bare === "number") return keep(Math.trunc(bare));
  return value;
}

/**
 * The properties as they are stored: secret fields marked, integers cut, and with `defaults` the defaults filled in.
 * Values that violate the type stay as they are.
 */
export function normalise(type: ObjectType, properties: WireObject, defaults: boolean): WireObject {
  const result: WireObject = { ...properties };
  for (const [name, field] of Object.entries(type.fields)) {
    const given = properties[name] ?? (defaults ? field.default : undefined);
    if (given === undefined) continue;
    const value = normalField(field, given, defaults);
    result[name] = field.secret ? secret(value) : value;
  }
  return result;
}

/** Whether a value is something that can be copied: an asset or an archive. */
export const isSource = (value: WireValue): boolean => isAsset(value) || isArchive(value);
