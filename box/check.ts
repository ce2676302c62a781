import type { Draft } from "./draft.ts";
import { declaredNames, draftOf } from "./draftOf.ts";
import type { Configuration } from "./configuration.ts";
import { explainIssue } from "./explain.ts";
import { readFiles, type Surroundings } from "./files.ts";
import { leftOverJinja } from "./jinja.ts";
import { readConfiguration } from "./read.ts";
import { namesOf } from "./references.ts";
import { sections } from "./sections/index.ts";
import { isWithin, type Violation } from "./violations.ts";

/** The outcome of checking a configuration. */
export interface Checked {
  readonly draft: Draft;
  /** The configuration with its defaults, if the schema takes it. */
  readonly configuration: Configuration | undefined;
  /** All that breaks rules, in the order in which it was found. */
  readonly violations: readonly Violation[];
}

/**
 * Checks a configuration by every rule. Each violation is reported once: what follows from one that is reported for the same
 * place, or for what holds it, is left out.
 *
 * @param values the sections as they were written
 */
export function check(values: Readonly<Record<string, unknown>>, surroundings: Surroundings): Checked {
  const reading = readConfiguration(values);
  const declared = declaredNames(values);
  const jinja = leftOverJinja(values);
  const refused = reading.issues.flatMap((issue) => explainIssue(issue, values));
  const { files, violations: ofFiles } = readFiles(reading.readable, surroundings);
  const { used, violations: ofNames } = namesOf(values, declared);
  const draft = draftOf(values, reading, { declared, used }, refused, files);
  const reported = [...jinja, ...refused.filter(({ path }) => !touchesAny(path, jinja))];
  const rest = [...ofFiles, ...ofNames, ...brokenRules(draft)].filter(({ path }) => !isWithinAny(path, reported));
  return { draft, configuration: reading.whole, violations: [...reported, ...rest] };
}

function brokenRules(draft: Draft): Violation[] {
  const found: Violation[] = [];
  for (const { rules } of sections)
    for (const rule of rules) for (const violation of rule(draft)) found.push(violation);
  return found;
}

/** What is sound but hardly meant. */
export function warningsOf(draft: Draft): Violation[] {
  return sections.flatMap(({ warnings = [] }) => warnings.flatMap((rule) => [...rule(draft)]));
}

function isWithinAny(path: string, reported: readonly Violation[]): boolean {
  return reported.some((violation) => isWithin(path, violation.path));
}

function touchesAny(path: string, reported: readonly Violation[]): boolean {
  return reported.some((violation) => isWithin(path, violation.path) || isWithin(violation.path, path));
}
