import { pathTo, type PathStep, type Violation } from "./violations.ts";

/** What came from a program may be anything, a value that is not yet known (an Output) for one. */
export function* notPlainData(value: unknown, path: readonly PathStep[] = []): Generator<Violation> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* notPlainData(item, [...path, index]);
  } else if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, item] of Object.entries(value)) yield* notPlainData(item, [...path, key]);
  } else if (value !== null && ["object", "function", "symbol", "bigint"].includes(typeof value)) {
    const message =
      "is not plain data: write the value itself; what is known only while it is deployed cannot be checked";
    yield { path: pathTo(path), message };
  }
}
