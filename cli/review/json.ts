/** A review for programs. */
import { printable } from "../../box/printable.ts";
import { printedLine } from "../render/diffText.ts";
import { risksOf } from "./risks.ts";
import type { Review } from "./review.ts";
import { summaryOf } from "./words.ts";

/** The version of the form: it changes where a key goes, or means something else. */
const form = 1;

/** One object. Texts are without what a terminal obeys; lines of diffs keep their tabs. */
export function jsonOf(review: Review): string {
  const data = { form, summary: summaryOf(review), risks: risksOf(review), ...review };
  return `${JSON.stringify(clean(data, printable), null, 2)}\n`;
}

function clean(value: unknown, text: (from: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((one) => clean(one, text));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, clean(one, key === "lines" ? printedLine : text)]);
  return Object.fromEntries(entries);
}
