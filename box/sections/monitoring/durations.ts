import { z } from "zod";

/** Seconds of each unit, as Prometheus counts them. */
const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

const notDuration = "is not a duration: write a whole number and s, m, h, d, w or y, such as 15d";

/** A duration in one unit, as Prometheus takes it: `15s`, `15d`. */
export const duration = z.string().regex(/^[1-9]\d{0,5}[smhdwy]$/, notDuration);

/** A size on disk, as Prometheus takes it: `5GB`. */
export const size = z
  .string()
  .regex(/^[1-9]\d{0,5}(?:MB|GB|TB)$/, "is not a size: write a whole number and MB, GB or TB, such as 5GB");

/**
 * The seconds of a duration.
 *
 * @throws Error for what is no duration.
 * @example secondsOf("2m") // 120
 */
export function secondsOf(text: string): number {
  const unit = seconds[text.slice(-1)];
  const number = Number(text.slice(0, -1));
  if (unit === undefined || !Number.isInteger(number)) throw new Error(`${JSON.stringify(text)} ${notDuration}`);
  return number * unit;
}
