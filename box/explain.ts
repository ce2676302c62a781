import type { z } from "zod";
import { suggestion } from "./nearMiss.ts";
import { show } from "./printable.ts";
import { pathTo, type PathStep, type Violation } from "./violations.ts";

/** zod's names of types in a reader's words. */
const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/** The value at a path inside of a configuration. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** Turns one issue of zod into violations: several unknown keys of one mapping are one issue. */
export function explainIssue(issue: z.core.$ZodIssue, root: unknown): Violation[] {
  const steps = issue.path.filter((step): step is PathStep => typeof step !== "symbol");
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    return issue.keys.map((key, index) => ({
      path: pathTo([...steps, key]),
      message: messages[index] ?? "unknown key",
      isKey: true,
    }));
  }
  const isKey = issue.code === "invalid_key" ? { isKey: true } : {};
  return [{ path: pathTo(steps), message: messageOf(issue, valueAt(root, issue.path)), ...isKey }];
}

/** Of a value that may be a text or a mapping: what is wrong with the mapping that was written, if one was. */
export function formMeant({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const inside = errors.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
  );
  return inside.length === 1 ? inside[0] : undefined;
}

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "invalid_type")
    return value === undefined && issue.message.startsWith("is missing: ")
      ? issue.message
      : wrongType(issue.expected, value);
  if (issue.code === "invalid_value") return wrongChoice(issue.values, value);
  if (issue.code === "invalid_key") return `${show(issue.path.at(-1))} ${issue.issues[0]?.message ?? issue.message}`;
  return value !== undefined && showsItself(value) && !mayHidePassword(issue.path, value)
    ? `${show(value)} ${issue.message}`
    : issue.message;
}

/** Whether a password may stand in a value that is refused: behind a colon, where a user or a proxy is asked for. */
function mayHidePassword(path: readonly PropertyKey[], value: unknown): boolean {
  return typeof value === "string" && value.includes(":") && path.some((step) => /user|proxy/i.test(String(step)));
}

function wrongType(expected: string, value: unknown): string {
  const wanted = typeNames[expected] ?? expected;
  if (value === undefined) return `is missing: write ${wanted}`;
  const found = typeOf(value);
  const numeral = typeof value === "string" && /^\d+$/.test(value);
  const hint =
    numeral && (expected === "int" || expected === "number")
      ? ": leave out the quotes"
      : expected === "string" && (typeof value === "number" || typeof value === "boolean")
        ? ": put it in quotes"
        : expected === "array" && typeof value === "string"
          ? `: write [${value}]`
          : "";
  return `${show(value)} is ${found}, expected ${wanted}${hint}`;
}

function wrongChoice(choices: readonly unknown[], value: unknown): string {
  const words = choices.map((choice) => String(choice));
  if (value === undefined) return `is missing: write ${words.join(" or ")}`;
  const end = typeof value === "string" ? suggestion(value, words) : ` (known: ${words.join(", ")})`;
  return `${show(value)} is not one of the values it can have${end}`;
}

function typeOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  if (typeof value === "number") return Number.isInteger(value) ? "a whole number" : "a number";
  return typeof value === "boolean" ? "true or false" : "a mapping";
}

/** Whether a value is short enough to begin a message: not a whole table. */
function showsItself(value: unknown): boolean {
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}
