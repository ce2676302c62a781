import type { z } from "zod";
import { partialConfiguration, type PartialConfiguration } from "./schema/configuration.ts";
import { valueAt } from "./explain.ts";

type Path = readonly PropertyKey[];
type Mapping = Record<PropertyKey, unknown>;

/**
 * The greatest part of a configuration that still fits its schema: what is wrong is taken out, and where something
 * needed goes missing by that, what needs it too. So the rules can look at everything that the schema did not refuse, and
 * one run tells all mistakes.
 *
 * @param values the sections as they were written; they stay as they are.
 */
export function leftOver(values: Readonly<Record<string, unknown>>): PartialConfiguration {
  const rest = structuredClone(values) as Mapping;
  for (;;) {
    const result = partialConfiguration.safeParse(rest);
    if (result.success) return result.data;
    for (const path of pathsToRemove(result.error.issues, rest)) remove(rest, path);
  }
}

/** Each path names a key that is there, so every round takes something out and the rounds come to an end. */
function pathsToRemove(issues: readonly z.core.$ZodIssue[], rest: Mapping): Path[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...issue.path, key]);
    let path = outsideOfLists(issue.path);
    while (path.length > 1 && valueAt(rest, path) === undefined && !isKey(rest, path)) path = path.slice(0, -1);
    return [path];
  });
}

/** Lists go as a whole: with one element gone, the others' paths would no longer be what was written. */
function outsideOfLists(path: Path): Path {
  const index = path.findIndex((step) => typeof step === "number");
  return index === -1 ? path : path.slice(0, index);
}

function isKey(rest: Mapping, path: Path): boolean {
  const parent = valueAt(rest, path.slice(0, -1));
  return typeof parent === "object" && parent !== null && Object.hasOwn(parent, path.at(-1) ?? "");
}

function remove(rest: Mapping, path: Path): void {
  const parent = valueAt(rest, path.slice(0, -1));
  // Another issue of the same round may have taken it out already.
  if (typeof parent === "object" && parent !== null) Reflect.deleteProperty(parent, path.at(-1) ?? "");
}
