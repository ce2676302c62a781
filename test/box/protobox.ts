import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { knownHostsFor } from "./hostKey.ts";

/** The text of the Protobox's stack file. */
export const protoboxText = readFileSync(new URL("../../Pulumi.protobox.yaml", import.meta.url), "utf8");

/** The sections of the Protobox's stack file, keys without the namespace; a fresh copy on every call. */
export function protoboxValues(): Record<string, unknown> {
  const { config } = parse(protoboxText) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^gatebox:/, ""), value]));
}

/** Keys of all hosts of the Protobox. */
export function protoboxKnownHosts(): string {
  return knownHostsFor(Object.keys(protoboxValues()["hosts"] as object));
}
