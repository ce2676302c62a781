/**
 * A value of a stack file as the engine gives it to a program: the keys of each mapping in the order of the alphabet. Files have some
 * of that order, so what `up` writes is shown only from values that have it too.
 */
export function inEngineOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inEngineOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, of]) => [key, inEngineOrder(of)]));
}
