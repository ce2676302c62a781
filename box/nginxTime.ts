const units: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/**
 * Seconds of a time as nginx writes it, rounded up; undefined for what is none.
 *
 * @see https://nginx.org/en/docs/syntax.html
 * @example secondsOf("1m 30s") // 90
 */
export function secondsOf(time: string): number | undefined {
  if (/^\d+$/.test(time)) return Number(time);
  if (!/^(?:\d+(?:ms|[smhd])\s*)+$/.test(time)) return undefined;
  let seconds = 0;
  for (const [, count, unit = ""] of time.matchAll(/(\d+)(ms|[smhd])/g)) seconds += Number(count) * (units[unit] ?? 0);
  return Math.ceil(seconds);
}
