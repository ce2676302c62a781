/** What is made of several measurements of one thing. */

/**
 * The middle one of some measurements: on a machine that others use too, single ones are far off.
 *
 * @throws Error when there are none
 * @example median([3, 1, 2]); // 2
 */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new Error("no measurement was taken");
  const sorted = [...samples].sort((left, right) => left - right);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

/**
 * The median of the quotients of measurements taken side by side: what slows the machine down for a while slows both of a
 * pair down.
 *
 * @throws Error when the measurements are not pairs
 * @example medianRatio([4, 6], [2, 3]); // 2
 */
export function medianRatio(samples: readonly number[], beside: readonly number[]): number {
  if (samples.length !== beside.length) throw new Error(`${samples.length} measurements beside ${beside.length}`);
  return median(samples.map((sample, index) => sample / (beside[index] ?? NaN)));
}
