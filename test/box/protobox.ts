import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { knownHostsFor } from "./hostKey.ts";

/** The text of the Protobox's stack file. */
export const wholeProtoboxText = readFileSync(new URL("../../Pulumi.protobox.yaml", import.meta.url), "utf8");

/**
 * The same without the cluster's side and the certificate that it needs, name servers, servers of monitoring, Consul and tools, which few
 * cases are about: they declare their own.
 */
export const protoboxText = [
  ["    # The Kubernetes API, wherever", "    # Not in the documents: a virtual IP of the gateways"],
  ["  # The API behind the address kube", "  # Prometheus and Alertmanager on both"],
  ["    prometheus: {}\n", "  # Hosts whose network configuration"],
  [", registry.protobox]\n    serveAddresses", "]\n    serveAddresses"],
  ["    # For trials: an authority", "    routes:\n      kibana:\n        location"],
].reduce((text, [from = "", to = ""]) => cut(text, from, to), wholeProtoboxText);

function cut(text: string, from: string, to: string): string {
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  assert.ok(start >= 0 && end > start, `the Protobox has ${from} and then ${to}`);
  return text.slice(0, start) + text.slice(end);
}

/** The files that it names, by path. */
export const protoboxFiles: Readonly<Record<string, string>> = Object.fromEntries(
  ["kube-ca.pem"].map((file) => [file, readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")]),
);

// Thousands of cases begin with these values: reading YAML takes a hundred times as long as reading JSON.
const valuesAsJson = JSON.stringify(sectionsOf(protoboxText));
const wholeValuesAsJson = JSON.stringify(sectionsOf(wholeProtoboxText));

/** The sections of `protoboxText`, keys without the namespace; a fresh copy on every call. */
export function protoboxValues(): Record<string, unknown> {
  return JSON.parse(valuesAsJson) as Record<string, unknown>;
}

/** The sections of the whole stack file. */
export function wholeProtoboxValues(): Record<string, unknown> {
  return JSON.parse(wholeValuesAsJson) as Record<string, unknown>;
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
