import type { z } from "zod";
import type { Draft } from "./draft.ts";
import { explainIssue } from "./explain.ts";
import { rules, warningRules } from "./rules/index.ts";
import { leftOverJinja } from "./rules/jinja.ts";
import { isWithin, type Violation } from "./violations.ts";

/** What every rule says about a draft. */
export function brokenRules(draft: Draft): Violation[] {
  return rules.flatMap((rule) => [...rule(draft)]);
}

/** What the rules that only warn say about a sound draft. */
export function warningsOf(draft: Draft): Violation[] {
  return warningRules.flatMap((rule) => [...rule(draft)]);
}

/**
 * Everything that is wrong with what was written, each mistake told once: what follows from a mistake that has been told
 * for the same place, or for what holds it, is left out.
 *
 * @param values what was written, by section
 * @param issues what the schema refuses of it
 * @param broken what rules say about the rest
 */
export function allMistakes(
  values: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
  broken: readonly Violation[],
): Violation[] {
  const jinja = [...leftOverJinja(values)];
  const refused = issues.flatMap((issue) => explainIssue(issue, values));
  const told = [...jinja, ...refused.filter(({ path }) => !touchesAny(path, jinja))];
  return [...told, ...broken.filter(({ path }) => !isWithinAny(path, told))];
}

function isWithinAny(path: string, told: readonly Violation[]): boolean {
  return told.some((violation) => isWithin(path, violation.path));
}

function touchesAny(path: string, told: readonly Violation[]): boolean {
  return told.some((violation) => isWithin(path, violation.path) || isWithin(violation.path, path));
}
