/** The value that is there most often; of equally frequent ones the first. */
export function commonest<Value>(values: readonly Value[]): Value | undefined {
  const count = (value: Value) => values.filter((other) => other === value).length;
  return [...new Set(values)].sort((left, right) => count(right) - count(left))[0];
}
