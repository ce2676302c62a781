import type { Box } from "./model.ts";
import { parseBox } from "./parse.ts";
import { version } from "./version.ts";
import { boxTextStart } from "./written.ts";
import { BoxError, type Violation } from "./violations.ts";

const subject = "What was given as a box";

/**
 * Reads a box that another stack has made from that stack's output `box`, by the same rules as its own stack.
 *
 * @param output what `boxOutput` gave there, or `writtenBox` in earlier versions
 * @throws BoxError when it is no box, or breaks rules of this version.
 * @example
 * const gatebox = new pulumi.StackReference("organization/gatebox/protobox");
 * const box = readBox((await gatebox.getOutputDetails("box")).value);
 */
export function readBox(output: unknown): Box {
  return typeof output === "string" ? readWritten(parsed(output)) : readWritten(output);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.startsWith(boxTextStart) ? text.slice(boxTextStart.length) : text) as unknown;
  } catch {
    throw new BoxError(subject, [notPlain(text)]);
  }
}

function readWritten(output: unknown): Box {
  if (!isMapping(output)) throw new BoxError(subject, [notPlain(output)]);
  const { name, gatebox, configuration } = output;
  if (typeof name !== "string" || typeof gatebox !== "string" || !isMapping(configuration)) {
    throw new BoxError(subject, [otherForm(output)]);
  }
  try {
    return parseBox({ name, values: configuration, readFile: () => undefined });
  } catch (error) {
    if (!(error instanceof BoxError) || gatebox === version) throw error;
    const versions = `Gatebox ${gatebox} has written it, and this is ${version}`;
    const hint = `${versions}: run "pulumi up" of the box's stack with this version`;
    throw new BoxError(`Box "${name}"`, [...error.violations, { path: "gatebox", message: hint }]);
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function notPlain(output: unknown): Violation {
  const found =
    output === undefined
      ? "is missing: the stack exports no `box`, or keeps it secret, or has not been deployed"
      : "is not plain data";
  const hint = 'write `readBox((await new pulumi.StackReference(STACK).getOutputDetails("box")).value)`';
  return { path: "box", message: `${found}; ${hint}` };
}

function otherForm(output: Readonly<Record<string, unknown>>): Violation {
  const message =
    "kubeGateways" in output && "hosts" in output
      ? 'is what an earlier version of Gatebox exported: run "pulumi up" of the box\'s stack with this version, then this one again'
      : "has no name, gatebox and configuration: write the output `box` of a stack of Gatebox, as it is";
  return { path: "box", message };
}
