import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { InventoryFile } from "../../../cli/import/documents.ts";
import { importInventory, type Imported } from "../../../cli/import/importInventory.ts";
import { parseBox, type Box } from "../../../box/index.ts";
import { edit, type Changes } from "../../box/edit.ts";
import { knownHostsFor } from "../../box/hostKey.ts";

/** The files of the inventory beside this file, which has nothing to tell but what the documents' vocabulary cannot say. */
const files = {
  hosts: "hosts.yml",
  apps: "group_vars/all.yml",
  gateways: "group_vars/kube_gateway_pool/proxy.yml",
  web: "group_vars/webservers_pool.yml",
} as const;

/** Changes by file, and files beside these. */
export type InventoryChanges = Partial<Record<keyof typeof files, Changes>> & {
  readonly more?: readonly InventoryFile[];
};

/** The inventory's files with changes. */
export function inventoryFiles({ more = [], ...changes }: InventoryChanges = {}): InventoryFile[] {
  const own = Object.entries(files).map(([name, path]) => {
    const text = readFileSync(new URL(`inventory/${path}`, import.meta.url), "utf8");
    const edits = changes[name as keyof typeof files];
    return { path, text: edits ? stringify(edit(parse(text), edits), { aliasDuplicateObjects: false }) : text };
  });
  return [...own, ...more];
}

/** Imports the inventory with changes. */
export function importChanged(changes: InventoryChanges = {}): Imported {
  return importInventory(inventoryFiles(changes));
}

/** The lines `kind path: message` that changes make be reported. */
export function toldOf(changes: InventoryChanges): string[] {
  const lines = ({ notes }: Imported) => notes.map(({ kind, path, message }) => `${kind} ${path}: ${message}`);
  const usual = new Set(lines(importChanged()));
  return lines(importChanged(changes)).filter((line) => !usual.has(line));
}

/** The sections of a stack file, keys without the namespace. */
export function valuesOf({ text }: Imported): Record<string, unknown> {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^gatebox:/, ""), value]));
}

/** The box of a stack file, after a person has filled in what it asks for. */
export function boxOf(imported: Imported, filledIn: Changes = {}): Box {
  const values = edit(valuesOf(imported), filledIn);
  const knownHosts = knownHostsFor(Object.keys(values["hosts"] as object));
  return parseBox({ name: "protobox", values, readFile: () => undefined, knownHosts });
}
