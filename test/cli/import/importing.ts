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

const texts = Object.entries(files).map(([name, path]) => ({
  name,
  path,
  text: readFileSync(new URL(`inventory/${path}`, import.meta.url), "utf8"),
}));

/** The inventory's files with changes. */
export function inventoryFiles({ more = [], ...changes }: InventoryChanges = {}): InventoryFile[] {
  const own = texts.map(({ name, path, text }) => {
    const edits = changes[name as keyof typeof files];
    return { path, text: edits ? stringify(edit(parse(text), edits), { aliasDuplicateObjects: false }) : text };
  });
  return [...own, ...more];
}

/** Imports the inventory with changes. */
export function importChanged(changes: InventoryChanges = {}): Imported {
  return importInventory(inventoryFiles(changes));
}

const linesOf = ({ notes }: Imported) => notes.map(({ kind, path, message }) => `${kind} ${path}: ${message}`);

/** What is reported about the inventory as it is; every case is compared with it. */
const usual = new Set(linesOf(importChanged()));

/** The lines `kind path: message` that are reported about a changed inventory, and not about the inventory as it is. */
export function toldBy(imported: Imported): string[] {
  return linesOf(imported).filter((line) => !usual.has(line));
}

/** The lines `kind path: message` that changes make be reported. */
export function toldOf(changes: InventoryChanges): string[] {
  return toldBy(importChanged(changes));
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
