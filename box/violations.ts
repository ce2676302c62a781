import { printable, withoutSecrets } from "./printable.ts";

/** What breaks a rule in a stack's configuration. */
export interface Violation {
  /** Where it is, for example `kubeGateways.routes.argocd.app` or `pools.webservers-pool[1]`. */
  readonly path: string;
  /** The offending value, the rule and a hint, in one line. */
  readonly message: string;
  /** Whether it is about the last key of the path itself, and not about what stands there. @default false */
  readonly isKey?: boolean;
}

/** Longer ones are cut in what a person reads: names of someone else's choice stand in them. */
const LONGEST_PATH = 400;
const LONGEST_MESSAGE = 1000;

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/**
 * A violation in one line, bounded in length, with nothing in it that a terminal obeys and without passwords of URLs: these may
 * stand in any key or value.
 */
export function lineOf({ path, message }: Violation): string {
  return `${shown(path, LONGEST_PATH)}: ${shown(message, LONGEST_MESSAGE)}`;
}

function shown(text: string, length: number): string {
  return printable(cut(withoutSecrets(text), length));
}

/** A step into a mapping (its key) or into a list (its index). */
export type PathStep = string | number;

/** Keys that would be taken for several steps, or for none, stand in quotes. */
const plainKey = /^[^.[\]"]+$/;

/**
 * Writes a path the way that messages show it.
 *
 * @param path a path already, or the name of a section
 * @param steps the way on from there
 * @example
 * pathOf("pools", "webservers-pool", 1); // "pools.webservers-pool[1]"
 * pathOf("apps.wiki", "selector", "app.kubernetes.io/name"); // `apps.wiki.selector["app.kubernetes.io/name"]`
 */
export function pathOf(path: string, ...steps: readonly PathStep[]): string {
  let whole = path;
  for (const step of steps) whole += isPlain(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  return whole;
}

/** Writes the path of which each step is a key or an index as it was found: the first may be any key too. */
export function pathTo(steps: readonly PathStep[]): string {
  const [first = "", ...others] = steps;
  return isPlain(first) ? pathOf(first, ...others) : pathOf("", ...steps);
}

/**
 * Reads a path: the opposite of `pathTo`.
 *
 * @example
 * stepsOf("pools.webservers-pool[1]"); // ["pools", "webservers-pool", 1]
 */
export function stepsOf(path: string): PathStep[] {
  const step = /\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]|\.?([^.[\]"]+)/gy;
  return [...path.matchAll(step)].map(([, index, quoted, key]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (key ?? "") : (JSON.parse(quoted) as string);
  });
}

function isPlain(step: PathStep): step is string {
  return typeof step === "string" && plainKey.test(step);
}

/** Whether `path` is `ancestor` itself or lies inside of it. */
export function isWithin(path: string, ancestor: string): boolean {
  if (!path.startsWith(ancestor)) return false;
  const next = path.charAt(ancestor.length);
  return next === "" || next === "." || next === "[";
}

/**
 * The configuration of a box, or of what is exposed on it, breaks rules. The message names every violation, one in a line,
 * so that one run of `pulumi preview` shows all that is to be corrected.
 */
export class BoxError extends Error {
  readonly violations: readonly Violation[];

  /** @param subject what has them, for example `The configuration of box "protobox"` */
  constructor(subject: string, violations: readonly Violation[]) {
    const count = violations.length === 1 ? "1 violation" : `${violations.length} violations`;
    super([`${subject} has ${count}:`, ...violations.map((violation) => `  ${lineOf(violation)}`)].join("\n"));
    this.name = "BoxError";
    this.violations = violations;
  }
}
