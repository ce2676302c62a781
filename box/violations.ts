import { printable } from "./printable.ts";

/** What breaks a rule in a stack's configuration. */
export interface Violation {
  /** Where it is, for example `kubeGateways.routes.argocd.app` or `pools.webservers-pool[1]`. */
  readonly path: string;
  /** The offending value, the rule and a hint, in one line. */
  readonly message: string;
}

/** Longer ones are cut in what a person reads: names of someone else's choice stand in them. */
const LONGEST_PATH = 400;
const LONGEST_MESSAGE = 1000;

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** A step into a mapping (its key) or into a list (its index). */
export type PathStep = string | number;

/**
 * Writes a path the way that messages show it.
 *
 * @example
 * pathOf("pools", "webservers-pool", 1); // "pools.webservers-pool[1]"
 */
export function pathOf(...steps: readonly PathStep[]): string {
  return steps
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join("");
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
    const lines = violations.map(
      ({ path, message }) => `  ${printable(cut(path, LONGEST_PATH))}: ${printable(cut(message, LONGEST_MESSAGE))}`,
    );
    super([`${subject} has ${count}:`, ...lines].join("\n"));
    this.name = "BoxError";
    this.violations = violations;
  }
}
