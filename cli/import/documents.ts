import { isPair, isScalar, isSeq, parseDocument, visit, type Document, type YAMLParseError } from "yaml";
import { pathTo, type PathStep } from "../../box/violations.ts";
import { Entry, isMapping } from "./entry.ts";
import type { Notes } from "./notes.ts";

/** A file of an inventory. Its path says whose variables it holds: `group_vars/nat_gateway_pool.yml`. */
export interface InventoryFile {
  readonly path: string;
  readonly text: string;
  /** Found in a directory under a name that does not say what it is: left behind where it is no YAML mapping. Default: no. */
  readonly isOptional?: boolean;
}

/** What cannot be imported; nothing is then. */
export class InventoryError extends Error {}

/** A mapping, or why a text is none. */
type Reading = { readonly mapping: object } | { readonly fault: string };

/** A file that ansible-vault has encrypted begins so. */
const vaultHead = "$ANSIBLE_VAULT;";

/** A section of an inventory in Ansible's older form. */
const iniSection = /^\s*\[[\w.:-]+\]\s*$/m;

/**
 * Reads files as YAML, of which JSON is a part. Encrypted files, and optional ones that are no YAML mapping, are left behind.
 *
 * @throws InventoryError that names every other file that cannot be read.
 */
export function readDocuments(files: readonly InventoryFile[], notes: Notes): Entry[] {
  const faults: string[] = [];
  const entries: Entry[] = [];
  for (const { path, text, isOptional = false } of files) {
    if (text.startsWith(vaultHead)) {
      const message = "is encrypted by ansible-vault and not read; secrets are set by `pulumi config set --secret`";
      notes.left(path, message);
      continue;
    }
    const reading = readMapping(path, text);
    if ("mapping" in reading) entries.push(new Entry(path, [], reading.mapping));
    else if (isOptional) notes.left(path, `is not read: ${reading.fault}`);
    else faults.push(`${path}: ${reading.fault}`);
  }
  if (faults.length > 0) throw new InventoryError(faults.join("\n"));
  return entries;
}

function readMapping(path: string, text: string): Reading {
  // What the parser has to say is said here, and not to the terminal, where values would be shown.
  const document = parseDocument(text, { merge: true, logLevel: "error" });
  const [error] = document.errors;
  const reading = error ? { fault: withoutSource(error) } : valueOf(document);
  if ("mapping" in reading || /\.(?:ya?ml|json)$/.test(path)) return reading;
  const form = iniSection.test(text) ? "an INI file" : "no YAML mapping; if it is an inventory";
  return { fault: `is ${form}, ${conversion(path)} writes it as YAML` };
}

/** `--export` leaves variables with their groups. */
function conversion(path: string): string {
  return `\`ansible-inventory -i ${path} --list --yaml --export > hosts.yml\``;
}

/** The parser's message without what it quotes of the file, which may be a secret. */
function withoutSource({ message, linePos }: Pick<YAMLParseError, "message" | "linePos">): string {
  const [rule = ""] = message.split(/ at line \d+|: |; |\n/);
  const [start] = linePos ?? [];
  return `is no YAML: ${rule}${start ? ` at line ${start.line}, column ${start.col}` : ""}`;
}

function valueOf(document: Document.Parsed): Reading {
  try {
    const value: unknown = document.toJS() ?? {};
    // An alias inside of its own anchor makes a value without an end.
    JSON.stringify(value);
    if (isMapping(value)) return { mapping: value };
    return { fault: "is no mapping, as inventories and files with variables are: name only such files" };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const unresolved = unresolvedAliases(document);
    if (unresolved.length > 0) return { fault: unresolved.join("; ") };
    return {
      fault: "has aliases that have no end, or stand for too much, or merge no mapping: write their values out",
    };
  }
}

function unresolvedAliases(document: Document.Parsed): string[] {
  const found: string[] = [];
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      if (alias.resolve(document) !== undefined) return;
      const path = pathTo(stepsTo([...ancestors, alias]));
      found.push(`${path}: "*${alias.source}" has no anchor "&${alias.source}" before it`);
    },
  });
  return found;
}

/** The way through a document along nodes of which each holds the next. */
function stepsTo(nodes: readonly unknown[]): PathStep[] {
  return nodes.flatMap((node, at): PathStep[] => {
    const holder = nodes[at - 1];
    if (isPair(node)) return [isScalar(node.key) ? (node.key.source ?? String(node.key)) : "?"];
    return isSeq(holder) ? [holder.items.indexOf(node)] : [];
  });
}
