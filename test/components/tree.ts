/** What a program registers, written as a tree that a person can read. */
import type { Registration } from "./registrations.ts";

const isComponent = ({ urn }: Registration): boolean => !/\$(command|kubernetes):[^$]*$/.test(urn);

/** The dependencies of each resource that are not dependencies of another one of them. */
function nearest(byUrn: ReadonlyMap<string, Registration>, { dependencies }: Registration): readonly Registration[] {
  const implied = new Set(dependencies.flatMap((urn) => byUrn.get(urn)?.dependencies ?? []));
  return dependencies.filter((urn) => !implied.has(urn)).flatMap((urn) => byUrn.get(urn) ?? []);
}

/**
 * One line a resource, below its parent, with what it waits for. Only the last steps of the way to it are named: what
 * those wait for themselves is left out.
 */
export function tree(all: readonly Registration[]): string {
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  const below = (parent: string, indent: string): string =>
    all
      .filter((each) => each.parent === parent)
      .sort((left, right) => (left.urn < right.urn ? -1 : 1))
      .map((each) => {
        const before = nearest(byUrn, each).map(({ name }) => name).sort(); // prettier-ignore
        const wait = isComponent(each) || before.length === 0 ? "" : ` after ${before.join(", ")}`;
        return `${indent}${each.type} ${each.name}${wait}\n${below(each.urn, `${indent}  `)}`;
      })
      .join("");
  return below("", "");
}
