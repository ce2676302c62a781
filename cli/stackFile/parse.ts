import { LineCounter, parseDocument, visit, type Document, type YAMLParseError } from "yaml";
import { show } from "../../box/printable.ts";
import type { Position } from "./mistake.ts";
import { positionAt, type Written } from "./place.ts";

/** What is wrong with a text as YAML, whatever it is about. */
export interface YamlFault extends Position {
  readonly message: string;
}

/** A text as YAML; without a value where nothing can be said about what it holds. */
export interface ParsedYaml {
  readonly written: Written;
  readonly faults: readonly YamlFault[];
  readonly value?: unknown;
}

/**
 * Reads a text as YAML. A key that stands twice hides nothing else: the value of the second is read on.
 *
 * Messages quote nothing but keys, for the text may hold secrets.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, logLevel: "silent", lineCounter: lines, prettyErrors: false });
  const written: Written = { document, lines };
  const faults = [...document.errors.map((error) => explained(error, text, lines)), ...unresolved(document, lines)];
  const isReadable =
    document.errors.every(({ code }) => code === "DUPLICATE_KEY") && unresolved(document, lines).length === 0;
  if (!isReadable) return { written, faults };
  try {
    return { written, faults, value: plainValue(document) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = "has aliases that have no end, or stand for too much: write their values out";
    return { written, faults: [...faults, { line: 1, column: 1, message }] };
  }
}

function plainValue(document: Document): unknown {
  const value: unknown = document.toJS();
  // An alias inside of its own anchor makes a value without an end, which only this finds.
  JSON.stringify(value);
  return value;
}

function explained(
  { code, message, pos }: Pick<YAMLParseError, "code" | "message" | "pos">,
  text: string,
  lines: LineCounter,
): YamlFault {
  const place = positionAt(lines, pos[0]);
  if (code === "DUPLICATE_KEY") {
    const key = /^.*?(?=:\s)/.exec(text.slice(pos[0]))?.[0] ?? "";
    return { ...place, message: `${show(key)} stands twice in one mapping: remove one of the two, or rename it` };
  }
  if (code === "TAB_AS_INDENT") {
    return { ...place, message: "is no YAML: a tab indents this line; write spaces" };
  }
  // What follows may quote the text.
  const [rule = ""] = message.split(/: |; |\n/);
  return { ...place, message: `is no YAML: ${rule}` };
}

function unresolved(document: Document, lines: LineCounter): YamlFault[] {
  const faults: YamlFault[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const place = positionAt(lines, alias.range?.[0] ?? 0);
      faults.push({ ...place, message: `"*${alias.source}" has no anchor "&${alias.source}" before it` });
    },
  });
  return faults;
}
