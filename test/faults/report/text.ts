/** Words and numbers as they stand in the report. Pure. */
import type { Finding } from "../verdict.ts";

/** Text as it may stand in SVG and HTML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A number with its unit: `1,312 ms`, `never`. */
export function quantity(value: number, unit: Finding["unit"]): string {
  if (value === Infinity) return "never";
  return `${Math.round(value).toLocaleString("en-US")}${unit === "" ? "" : ` ${unit}`}`;
}

/** A finding in words: `outage while broken: 312 ms (at most 500 ms)`. */
export function described({ what, value, unit, bound }: Finding): string {
  const limit = bound === undefined ? "" : ` (at most ${quantity(bound, unit)})`;
  return `${what}: ${quantity(value, unit)}${limit}`;
}
