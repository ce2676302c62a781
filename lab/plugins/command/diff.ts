/** Compares the inputs of a resource. */
import type { DiffKind, Difference, Known } from "../protocol/provider.ts";
import { isArchive, isAsset, isObject, isSecret } from "../protocol/wireValues.ts";
import type { WireObject, WireValue } from "../protocol/wireValues.ts";
import type { ObjectType } from "./objectTypes.ts";

/** `environment.A`, or `environment["a.b"]` for a key that is no plain word. */
const keyPath = (path: string, key: string): string =>
  /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

const isLeaf = (value: WireValue): boolean =>
  (!Array.isArray(value) && !isObject(value)) || isSecret(value) || isAsset(value) || isArchive(value);

/** JSON with sorted keys: equal for equal values. */
function fingerprint(value: WireValue): string {
  // Of an asset only the content counts, wherever it comes from.
  if (isAsset(value) || isArchive(value))
    return `${isAsset(value) ? "asset" : "archive"} ${JSON.stringify(value["hash"])}`;
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${fingerprint(value[key] ?? null)}`);
  return `{${entries.join()}}`;
}

function compare(path: string, old: WireValue | undefined, now: WireValue | undefined, found: Difference): void {
  if (old === undefined && now === undefined) return;
  if (old === undefined) found.set(path, "ADD");
  else if (now === undefined) found.set(path, "DELETE");
  else if (Array.isArray(old) && Array.isArray(now)) {
    for (let i = 0; i < Math.max(old.length, now.length); i++) compare(`${path}[${i}]`, old[i], now[i], found);
  } else if (!isLeaf(old) && !isLeaf(now) && isObject(old) && isObject(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
      compare(keyPath(path, key), old[key], now[key], found);
  } else if (fingerprint(old) !== fingerprint(now)) found.set(path, "UPDATE");
}

const isBelow = (path: string, ancestor: string): boolean =>
  path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);

/**
 * What changed between the old inputs and the new ones. Secrets are compared as a whole, so that a difference never
 * shows a part of one; properties that the type does not have (`version`, `__defaults`) are not compared.
 *
 * @param ignoreChanges paths below which nothing counts
 */
export function difference(type: ObjectType, olds: Known, news: WireObject, ignoreChanges: string[]): Difference {
  const found: Difference = new Map();
  for (const name of Object.keys(type.fields)) compare(name, olds.inputs[name], news[name], found);
  for (const [path, kind] of found) {
    if (ignoreChanges.some((ignored) => isBelow(path, ignored))) found.delete(path);
    else if (type.fields[path]?.replaces) found.set(path, `${kind}_REPLACE` as DiffKind);
  }
  return found;
}

/** The new inputs, with those that are to be ignored as they are in the state. Only whole properties can be ignored. */
export function withIgnored(news: WireObject, state: WireObject, ignoreChanges: string[]): WireObject {
  const entries = Object.entries(news).filter(([name]) => !ignoreChanges.includes(name));
  const old = Object.entries(state).filter(([name]) => ignoreChanges.includes(name));
  return Object.fromEntries([...entries, ...old]);
}
