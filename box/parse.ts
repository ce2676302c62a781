import { draftOf } from "./draft.ts";
import { readFiles, type ReadFile } from "./files.ts";
import { leftOver } from "./leftOver.ts";
import { allMistakes, brokenRules, warningsOf } from "./mistakes.ts";
import type { Box } from "./model.ts";
import { resolveBox } from "./resolve/box.ts";
import { configuration, sectionNames } from "./schema/configuration.ts";
import { BoxError, isWithin, type Violation } from "./violations.ts";

/** What a box is parsed from. */
export interface BoxInput {
  /** Name of the stack. */
  readonly name: string;
  /** The sections of the configuration, keys without the namespace: `networks`, `hosts`, … */
  readonly values: Readonly<Record<string, unknown>>;
  /** Reads a file that the configuration names, relative to the project; undefined when it cannot be read. */
  readonly readFile: ReadFile;
  /** Text of a known_hosts file that is used instead of the one that the configuration names. */
  readonly knownHosts?: string | undefined;
}

/**
 * Reads a stack's configuration: checks every rule, resolves every name, fills in every default. What is sound but
 * hardly meant stands in the box's `warnings`.
 *
 * @throws BoxError with all mistakes at once.
 * @example
 * const box = parseBox({ name: "protobox", values, readFile: () => undefined, knownHosts });
 * box.services[0].gateway.port; // 30160
 */
export function parseBox({ name, values, readFile, knownHosts }: BoxInput): Box {
  const parsed = configuration.safeParse(values);
  const part = leftOver(values);
  const { files, violations: ofFiles } = readFiles(part, readFile, knownHosts);
  const draft = draftOf(values, part, files);
  const violations = allMistakes(values, parsed.error?.issues ?? [], [...ofFiles, ...brokenRules(draft)]);
  if (violations.length > 0 || !parsed.success) {
    throw new BoxError(`The configuration of box "${name}"`, inOrder(violations));
  }
  return resolveBox(name, draft, parsed.data, warningsOf(draft));
}

/** In the order of the sections, and within one in the order in which they were found. */
function inOrder(violations: readonly Violation[]): Violation[] {
  const rank = ({ path }: Violation) => sectionNames.findIndex((section) => isWithin(path, section));
  return [...violations].sort((left, right) => rank(left) - rank(right));
}
