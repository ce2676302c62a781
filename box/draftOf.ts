import type { z } from "zod";
import type { Configuration } from "./configuration.ts";
import type { Draft, DraftFiles, DraftNetwork } from "./draft.ts";
import { rangeOf } from "./ipv4.ts";
import { ipv6RangeOf } from "./ipv6.ts";
import type { Readable, Reading } from "./read.ts";
import type { Declared, Used } from "./references.ts";
import type { Table } from "./schema/references.ts";
import { sections } from "./sections/index.ts";
import { pathOf, type Violation } from "./violations.ts";

/**
 * Puts what could be read of a configuration in order.
 *
 * @param values the sections as they were written
 * @param refused what the schema says about the rest
 */
export function draftOf(
  values: Readonly<Record<string, unknown>>,
  { readable }: Reading,
  { declared, used }: { readonly declared: Declared; readonly used: Used },
  refused: readonly Violation[],
  files: DraftFiles,
): Draft {
  const written = readable as Readonly<Record<string, unknown>>;
  const drafted = Object.fromEntries(sections.map(({ name, schema }) => [name, draftedSection(schema, written[name])]));
  return {
    ...(drafted as unknown as Draft),
    networks: new Map(Object.entries(readable.networks ?? {}).map(([name, one]) => [name, draftNetwork(one)] as const)),
    natGateways: (readable.natGateways ?? []).map((one, index) => ({ ...one, path: pathOf("natGateways", index) })),
    declared,
    used,
    written: new Set(Object.keys(values).filter((name) => values[name] !== undefined)),
    refused: new Set(refused.map(({ path }) => path)),
    ...files,
  };
}

/** Tables are made maps: names such as `constructor` are names there. An entry that could not be read is an empty one. */
function draftedSection(schema: z.core.$ZodType, value: unknown): unknown {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "default" || def.type === "prefault" || def.type === "optional") {
    return draftedSection(def.innerType, value);
  }
  if (def.type === "array") return value ?? [];
  if (def.type !== "record") return value ?? {};
  const isOfLists = (def.valueType as z.core.$ZodTypes)._zod.def.type === "array";
  return new Map(Object.entries(value ?? {}).map(([name, entry]) => [name, entry ?? (isOfLists ? [] : {})] as const));
}

function draftNetwork(network: Readable<Configuration["networks"][string]> | undefined): DraftNetwork {
  const { cidr, ipv6 } = typeof network === "object" ? network : { cidr: network, ipv6: undefined };
  return {
    cidr,
    range: cidr === undefined ? undefined : rangeOf(cidr),
    ipv6: ipv6 === undefined ? undefined : { prefix: ipv6, range: ipv6RangeOf(ipv6) },
  };
}

/** Every name that is declared in a table that others refer to, also of entries that could not be read. */
export function declaredNames(values: Readonly<Record<string, unknown>>): Declared {
  const tables = sections.filter((section) => section.entry !== undefined);
  const names = tables.map(({ name, schema }) => [name, namesOf(schema, values[name])] as const);
  return Object.fromEntries(names) as Record<Table, ReadonlySet<string> | undefined>;
}

/** The keys of a section as it was written; undefined when it is no mapping, so that nothing can be said about its names. */
function namesOf(schema: z.ZodType, written: unknown): ReadonlySet<string> | undefined {
  if (written === undefined && schema.safeParse(undefined).success) return new Set();
  const isMapping = typeof written === "object" && written !== null && !Array.isArray(written);
  return isMapping ? new Set(Object.keys(written)) : undefined;
}
