import { lineOf } from "../../box/violations.ts";
import { printable, withoutSecrets } from "../../box/printable.ts";

/** A place in a text file; lines and columns count from 1, as editors show them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export const Severity = {
  /** A preview would refuse the stack file. */
  Error: "error",
  /** It would pass, and say so. */
  Warning: "warning",
} as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** Something to correct in a stack file, and where. */
export interface Mistake extends Position {
  /** The file, as the person has named it. */
  readonly file: string;
  /** Where it is in the box, for example `apps.argocd.port`; empty for what concerns the whole file. */
  readonly path: string;
  /** The offending value, the rule and a hint, in one line. */
  readonly message: string;
  readonly severity: Severity;
}

/** `FILE:LINE:COLUMN: path: message`, as compilers write it, so that editors lead to the place. */
export function mistakeLine({ file, line, column, path, message, severity }: Mistake): string {
  const kind = severity === Severity.Warning ? "warning: " : "";
  const what = path === "" ? printable(withoutSecrets(message)) : lineOf({ path, message });
  return `${printable(file)}:${line}:${column}: ${kind}${what}`;
}

/** In the order of the file. */
export function inFileOrder(mistakes: readonly Mistake[]): Mistake[] {
  return [...mistakes].sort((one, other) => one.line - other.line || one.column - other.column);
}
