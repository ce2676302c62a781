import { Document, isCollection, isMap, isPair, isScalar, visit, type Scalar, type YAMLMap } from "yaml";
import { namespace } from "../../box/stackConfiguration.ts";
import type { PathStep } from "../../box/violations.ts";

/** A comment in the stack file, above the line at this path. */
export interface Remark {
  readonly steps: readonly PathStep[];
  readonly text: string;
}

/** Collections that are at most this long in JSON stand on one line. */
const SHORT = 90;

/** The longest line. */
const LINE_WIDTH = 120;

/**
 * The text of a stack file.
 *
 * @param sections the sections of its configuration in their order, keys without the namespace
 * @param remarks comments above lines of it
 * @param head comment at its top
 */
export function stackFileText(
  sections: Readonly<Record<string, unknown>>,
  remarks: readonly Remark[],
  head: readonly string[],
): string {
  const config = Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [`${namespace}${name}`, section]),
  );
  const document = new Document({ config }, { aliasDuplicateObjects: false });
  for (const { steps, text } of remarks) comment(document, steps, text);
  visit(document, {
    Pair: (index, { key }) => {
      const isSection = isScalar(key) && String(key.value).startsWith(namespace);
      if (isSection && index !== 0) key.spaceBefore = true;
    },
    Collection: (_key, node) => {
      const isFlat = node.items.every((item) => !isCollection(isPair(item) ? item.value : item));
      if (isFlat && !hasComments(node.items) && JSON.stringify(node.toJS(document)).length <= SHORT) node.flow = true;
    },
  });
  document.commentBefore = [
    " yaml-language-server: $schema=./Pulumi.schema.json",
    "",
    ...head.map((line) => ` ${line}`),
  ].join("\n");
  return document.toString({ lineWidth: LINE_WIDTH });
}

function hasComments(items: readonly unknown[]): boolean {
  return items.some((item) => isPair(item) && isScalar(item.key) && item.key.commentBefore);
}

/** Writes a comment above the line at a path, or above the nearest line around it that is there. */
function comment(document: Document, [section = "", ...steps]: readonly PathStep[], text: string): void {
  const path = [`${namespace}${section}`, ...steps];
  let key: Scalar | undefined;
  for (; key === undefined && path.length > 0; path.pop()) {
    const holder = document.getIn(["config", ...path.slice(0, -1)], true);
    key = isMap(holder) ? keyOf(holder, path.at(-1)) : undefined;
  }
  if (key) key.commentBefore = `${key.commentBefore ? `${key.commentBefore}\n` : ""} ${text}`;
}

function keyOf(map: YAMLMap, key: PathStep | undefined): Scalar | undefined {
  const found = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key;
  return isScalar(found) ? found : undefined;
}
