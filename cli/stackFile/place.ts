import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { PathStep } from "../../box/violations.ts";
import type { Position } from "./mistake.ts";

/** A text in YAML, and where its lines begin. */
export interface Written {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** A node and, in a mapping, the key that it stands under. */
interface Reached {
  readonly key?: unknown;
  readonly value: unknown;
}

/**
 * Where the value at a path stands, or the nearest around it that is there. Of a mapping or a list under a key that is the
 * key, which is what a reader looks for; of anything else the value.
 *
 * @param isKey whether the last key itself is meant
 */
export function placeOf({ document, lines }: Written, steps: readonly PathStep[], isKey = false): Position {
  let reached: Reached = { value: document.contents };
  for (const step of steps) {
    const next = stepInto(document, reached.value, step);
    if (next === undefined) break;
    reached = next;
  }
  // What is missing is missing in what holds it.
  const node = showsValue(reached.value) && !isKey ? reached.value : (reached.key ?? reached.value);
  return positionAt(lines, isNode(node) ? (node.range?.[0] ?? 0) : 0);
}

/** The line and column of an offset. */
export function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  // Of a text without a line there is no place; editors begin with 1.
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Whether a value is written out, and is no mapping or list that begins somewhere below its key. */
function showsValue(value: unknown): boolean {
  return isAlias(value) || (isScalar(value) && value.source !== "");
}

function stepInto(document: Document, holder: unknown, step: PathStep): Reached | undefined {
  const node = isAlias(holder) ? resolved(document, holder) : holder;
  if (isSeq(node)) {
    const value = typeof step === "number" ? node.items[step] : undefined;
    return value === undefined ? undefined : { value };
  }
  return isMap(node) ? entryOf(document, node, String(step)) : undefined;
}

function entryOf(document: Document, map: YAMLMap, key: string): Reached | undefined {
  // Of a key that stands twice the last counts.
  const own = map.items.findLast((pair) => keyText(pair) === key);
  if (own) return { key: own.key, value: own.value };
  const merged = map.items
    .filter(({ key }) => isScalar(key) && key.source === "<<")
    .flatMap(({ value }) => mergedNodes(value));
  for (const node of merged) {
    const from = stepInto(document, node, key);
    if (from) return from;
  }
  return undefined;
}

/** `<<: *one`, or `<<: [*one, *other]`. */
function mergedNodes(value: unknown): readonly unknown[] {
  return isSeq(value) ? value.items : [value];
}

function keyText({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : "";
}

function resolved(document: Document, alias: Alias): Node | undefined {
  return alias.resolve(document);
}
