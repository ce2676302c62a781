import { check, warningsOf, type Checked } from "./check.ts";
import { sectionNames } from "./configuration.ts";
import type { Surroundings } from "./files.ts";
import type { Box } from "./model.ts";
import { sections } from "./sections/index.ts";
import type { Section, Sound } from "./sections/section.ts";
import { rememberParts } from "./part.ts";
import { BoxError, isWithin, type Violation } from "./violations.ts";
import { remember } from "./written.ts";

/** What a box is parsed from. */
export interface BoxInput extends Surroundings {
  /** Name of the stack. */
  readonly name: string;
  /** The sections of the configuration, keys without the namespace: `networks`, `hosts`, … */
  readonly values: Readonly<Record<string, unknown>>;
}

/** All that there is to say about a configuration. */
export interface Inspection {
  /** What breaks rules, in the order of the sections. */
  readonly violations: readonly Violation[];
  /** What is sound but hardly meant. Asked only of a configuration that breaks no rule. */
  readonly warnings: readonly Violation[];
  /** The box, if no rule is broken. */
  readonly box: Box | undefined;
}

/**
 * Reads a stack's configuration: checks every rule, resolves every name, fills in every default. What is sound but
 * hardly meant stands in the box's `warnings`.
 *
 * @throws BoxError with all violations at once.
 * @example
 * const box = parseBox({ name: "protobox", values, readFile: () => undefined, knownHosts });
 * box.services[0].gateway.port; // 30160
 */
export function parseBox(input: BoxInput): Box {
  const { box, violations } = inspectBox(input);
  if (!box) throw new BoxError(`The configuration of box "${input.name}"`, violations);
  return box;
}

/** The same for those who show violations and warnings themselves, by their places. */
export function inspectBox({ name, values, ...surroundings }: BoxInput): Inspection {
  const checked = check(values, surroundings);
  if (checked.violations.length > 0) {
    return { violations: inOrder(checked.violations), warnings: [], box: undefined };
  }
  const warnings = warningsOf(checked.draft);
  const box = resolveBox(name, checked, warnings);
  remember(box, values, checked.draft);
  rememberParts(box);
  return { violations: [], warnings, box };
}

/** Turns a sound configuration into the model: every name resolved, every default filled in. */
export function resolveBox(name: string, { draft, configuration }: Checked, warnings: readonly Violation[]): Box {
  if (!configuration) throw new Error(`box "${name}" was not read; a rule is missing`);
  const sound: Sound = { draft, configuration };
  const resolved = sections.flatMap((section: Section<string, (typeof sections)[number]["schema"]>) =>
    section.resolve ? [[section.name, section.resolve(sound) as unknown] as const] : [],
  );
  // A section that is left out is no part of the model.
  const present = resolved.filter(([, value]) => value !== undefined);
  const said = warnings.map(({ path, message }) => `${path}: ${message}`);
  // Each section has resolved its own key of the model.
  return { name, ...Object.fromEntries(present), warnings: said } as unknown as Box;
}

/** In the order of the sections, and within one in the order in which they were found. */
export function inOrder(violations: readonly Violation[]): Violation[] {
  const rank = ({ path }: Violation) => sectionNames.findIndex((section) => isWithin(path, section));
  return [...violations].sort((left, right) => rank(left) - rank(right));
}
