import * as pulumi from "@pulumi/pulumi";

/** Where there is no engine, as in a program that only looks something up. */
const withoutEngine = {};

/**
 * Something that each stack has one of: a program of the Automation API runs several in one process, one after the other or
 * beside each other, and so do tests with mocks. Each run has an engine of its own, by whose connection it is told apart.
 *
 * @param make makes it when a stack asks for the first time.
 * @example
 * const claims = perStack(() => new Map<string, string>());
 * claims().set("port 30165", "wiki");
 */
export function perStack<T>(make: () => T): () => T {
  const made = new WeakMap<object, T>();
  return () => {
    const engine = pulumi.runtime.getMonitor() ?? withoutEngine;
    const known = made.get(engine);
    if (known !== undefined) return known;
    const first = make();
    made.set(engine, first);
    return first;
  };
}
