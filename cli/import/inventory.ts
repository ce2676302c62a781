import { suggestion } from "../../box/nearMiss.ts";
import { Entry, isMapping } from "./entry.ts";
import { plainName } from "./names.ts";
import type { Notes } from "./notes.ts";

/** A group of Ansible's, with the mappings that hold its variables, later ones before earlier ones. */
export interface Group {
  readonly name: string;
  readonly vars: Entry[];
  readonly hosts: Set<string>;
  readonly children: Set<string>;
}

/** An inventory as Ansible has it: groups, and the mappings that hold each host's variables. */
export interface Inventory {
  readonly groups: ReadonlyMap<string, Group>;
  readonly hosts: ReadonlyMap<string, readonly Entry[]>;
}

const groupKeys: readonly string[] = ["hosts", "children", "vars"];

/** A group may be written without anything; what has other keys alone is none. */
function isGroup(value: unknown): boolean {
  if (value === null) return true;
  if (!isMapping(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 0 || keys.some((key) => groupKeys.includes(key));
}

/** Puts files in order: inventories first, then the variables of groups and hosts that stand in files of their own. */
export function readInventory(files: readonly Entry[], notes: Notes): Inventory {
  const reader = new InventoryReader(notes);
  const apart = files.filter((file) => ownerInPath(file.file) !== undefined);
  const rest = files.filter((file) => !apart.includes(file));
  const isInventory = (file: Entry) => file.entries().some((entry) => entry.peek() !== null && isGroup(entry.peek()));
  for (const file of rest.filter(isInventory)) reader.groupsOf(file, reader.group("all"));
  for (const file of [...rest.filter((file) => !isInventory(file)), ...apart]) reader.variablesOf(file);
  return reader;
}

interface Owner {
  readonly kind: "group" | "host";
  readonly name: string;
}

/** Whose variables a file holds: `group_vars/NAME.yml`, `group_vars/NAME/….yml`, and `host_vars` likewise. */
function ownerInPath(path: string): Owner | undefined {
  const steps = withoutEnding(path).split("/");
  const at = steps.findLastIndex((step) => step === "group_vars" || step === "host_vars");
  const name = at === -1 ? undefined : steps[at + 1];
  return name === undefined ? undefined : { kind: steps[at] === "group_vars" ? "group" : "host", name };
}

function withoutEnding(path: string): string {
  return path.replace(/\.(?:ya?ml|json)$/, "");
}

class InventoryReader implements Inventory {
  readonly groups = new Map<string, Group>();
  readonly hosts = new Map<string, Entry[]>();

  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  group(name: string): Group {
    const known = this.groups.get(name);
    if (known) return known;
    const group: Group = { name, vars: [], hosts: new Set(), children: new Set() };
    this.groups.set(name, group);
    return group;
  }

  /** Groups side by side, as under `children` and at the top of a file. */
  groupsOf(holder: Entry, parent: Group): void {
    for (const entry of holder.entries()) {
      if (isGroup(entry.peek())) {
        if (entry.key !== "all") parent.children.add(entry.key);
        this.#groupOf(entry);
      } else {
        // The documents show `app` between groups, where Ansible would see a group without hosts.
        this.#notes.changed(entry.path, `stands where groups stand, and is none: read as a variable of ${parent.name}`);
        if (!parent.vars.includes(holder)) parent.vars.push(holder);
      }
    }
  }

  #groupOf(entry: Entry): void {
    const group = this.group(entry.key);
    const vars = entry.at("vars");
    if (vars) group.vars.push(vars);
    for (const host of entry.at("hosts")?.entries() ?? []) {
      for (const name of expanded(host.key)) {
        group.hosts.add(name);
        this.#host(name).push(host);
      }
    }
    const children = entry.at("children");
    if (children) this.groupsOf(children, group);
  }

  #host(name: string): Entry[] {
    const known = this.hosts.get(name) ?? [];
    this.hosts.set(name, known);
    return known;
  }

  /** A file with variables of one group or host. */
  variablesOf(file: Entry): void {
    const { kind, name } = ownerInPath(file.file) ?? { kind: "group", name: this.#groupInPath(file.file) };
    const owners = kind === "group" ? this.groups : this.hosts;
    const owner = [...owners.keys()].find((key) => plainName(key) === plainName(name));
    if (owner === undefined) {
      const end = suggestion(name, owners.keys());
      this.#notes.changed(file.file, `unknown ${kind} "${name}"${end}: name the file after one of the inventory`);
    } else if (kind === "group") this.group(owner).vars.push(file);
    else this.#host(owner).push(file);
  }

  /** The documents keep a group's variables in a directory of its name: `kube_gateway_pool/proxy.yml`. */
  #groupInPath(path: string): string {
    const [file = "", directory = ""] = withoutEnding(path).split("/").reverse();
    return [...this.groups.keys()].some((group) => plainName(group) === plainName(directory)) ? directory : file;
  }
}

/** No box has a range with more hosts: what is larger stays as it is written, which is no name to a preview. */
const LARGEST_RANGE = 1000;

/** Ansible's ranges: `gateway-[1:3]` is gateway-1, gateway-2, gateway-3. Leading zeros are kept. */
function expanded(pattern: string): string[] {
  const [, before = "", first = "", last = "", after = ""] = /^(.*?)\[(\d+):(\d+)\](.*)$/.exec(pattern) ?? [];
  if (first === "") return [pattern];
  const count = Math.max(0, Number(last) - Number(first) + 1);
  if (count > LARGEST_RANGE) return [pattern];
  const numbers = Array.from({ length: count }, (_, index) =>
    String(Number(first) + index).padStart(first.length, "0"),
  );
  return numbers.flatMap((number) => expanded(before + number + after));
}

/** The hosts of a group and of the groups under it, each once. */
export function hostsOf(inventory: Inventory, name: string, seen: ReadonlySet<string> = new Set()): string[] {
  const group = inventory.groups.get(name);
  if (!group || seen.has(name)) return [];
  const below = [...group.children].flatMap((child) => hostsOf(inventory, child, new Set([...seen, name])));
  return [...new Set([...group.hosts, ...below])];
}

/** What is said under a key, where the last one goes before the others, as Ansible has it. */
export function lookUp(definitions: readonly Entry[], key: string): Entry | undefined {
  return definitions.flatMap((definition) => definition.at(key) ?? []).at(-1);
}

/** What holds a host's variables: those of all groups that it is in, the widest first, then its own. */
export function definitionsOf(inventory: Inventory, host: string): Entry[] {
  const groups = [...inventory.groups.values()].filter(
    ({ name }) => name === "all" || hostsOf(inventory, name).includes(host),
  );
  const byWidth = groups.sort(
    (left, right) => hostsOf(inventory, right.name).length - hostsOf(inventory, left.name).length,
  );
  return [...byWidth.flatMap(({ vars }) => vars), ...(inventory.hosts.get(host) ?? [])];
}
