import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { knownHostsFor } from "./hostKey.ts";

/** The text of the Protobox's stack file. */
export const protoboxText = readFileSync(new URL("../../Pulumi.protobox.yaml", import.meta.url), "utf8");

// Thousands of cases begin with these values: reading YAML takes a hundred times as long as reading JSON.
const valuesAsJson = JSON.stringify(sectionsOf(protoboxText));

/** The sections of the Protobox's stack file, keys without the namespace; a fresh copy on every call. */
export function protoboxValues(): Record<string, unknown> {
  return JSON.parse(valuesAsJson) as Record<string, unknown>;
}

function sectionsOf(text: string): Record<string, unknown> {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^gatebox:/, ""), value]));
}

const knownHosts = knownHostsFor(Object.keys(protoboxValues()["hosts"] as object));

/** Keys of all hosts of the Protobox. */
export function protoboxKnownHosts(): string {
  return knownHosts;
}
