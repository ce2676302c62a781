import { printable } from "../../box/printable.ts";

/** Data with nothing in its texts that a terminal obeys: it came from hosts, and is printed. */
export function printableData(data: unknown): unknown {
  if (typeof data === "string") return printable(data);
  if (Array.isArray(data)) return data.map(printableData);
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, printableData(value)]));
}
