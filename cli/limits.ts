/**
 * How long anything is waited for, in milliseconds. All of it begins at once, so whoever says nothing costs one limit and not
 * the sum of them.
 */
export const limits = {
  /** For the whole, the start of Node included, which takes seconds on a busy machine. With what is written it ends in 10 s. */
  whole: 9_000,
  /** For each host, each program of this machine and the cluster. A healthy one takes less than a second. */
  most: 7_000,
  /** Not less than this, however long the start has taken. */
  least: 3_000,
  /** For the agent to name its keys. It comes before all log-ins. */
  agent: 1_500,
  /** Seconds that a host may take to answer, on the host itself: it must end before `most` does. */
  answerSeconds: 5,
} as const;

/** What there is for each thing after a start that has taken so long. */
export function limitAfter(start: number): number {
  return Math.max(limits.least, Math.min(limits.most, limits.whole - start));
}

/** A promise, or `late` where it takes longer. What is still under way then is the caller's to end. */
export async function within<T, Late>(milliseconds: number, work: Promise<T>, late: () => Late): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(late()), milliseconds);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** A time as messages say it. */
export function seconds(milliseconds: number): string {
  return `${Math.max(0.1, milliseconds / 1000).toFixed(1)} s`;
}
