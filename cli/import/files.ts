import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { InventoryFile } from "./documents.ts";

/** A file of a directory that nobody reads. */
export interface SkippedFile {
  readonly path: string;
  readonly why: string;
}

/** What was given to import. */
export interface CollectedFiles {
  readonly files: readonly InventoryFile[];
  readonly skipped: readonly SkippedFile[];
}

/** What in a directory has to be YAML. */
const yamlEndings: readonly string[] = [".yml", ".yaml"];

/** What may be YAML: Ansible reads `group_vars/all` and JSON too, and keeps its older form of an inventory in the others. */
const possibleEndings: readonly string[] = ["", ".json", ".ini"];

/**
 * The files that were given, and those inside of directories that were given, each once. Paths stay as they were given.
 *
 * @param here where relative paths begin
 * @throws of node:fs, where one of them cannot be read
 */
export function collectFiles(given: readonly string[], here: string): CollectedFiles {
  const files = new Map<string, InventoryFile>();
  const skipped: SkippedFile[] = [];
  const take = (file: string, isOptional: boolean) => {
    const absolute = path.resolve(here, file);
    if (!files.has(absolute)) files.set(absolute, { path: file, text: readFileSync(absolute, "utf8"), isOptional });
  };
  for (const each of given) {
    if (!statSync(path.resolve(here, each)).isDirectory()) {
      take(each, false);
      continue;
    }
    for (const file of filesBelow(each, here, [], skipped)) {
      const ending = path.extname(file);
      if (yamlEndings.includes(ending)) take(file, false);
      else if (possibleEndings.includes(ending)) take(file, true);
      else skipped.push({ path: file, why: "is not read: its name is not that of a YAML file" });
    }
  }
  return { files: [...files.values()], skipped };
}

/** The files in a directory and the directories in it, by their paths; hidden ones are skipped, as Ansible skips them. */
function filesBelow(directory: string, here: string, above: readonly string[], skipped: SkippedFile[]): string[] {
  // A link may lead back to a directory that it is in.
  const real = realpathSync(path.resolve(here, directory));
  if (above.includes(real)) return [];
  const names = readdirSync(real).sort();
  const found = names.flatMap((name) => {
    const file = path.join(directory, name);
    const status = statSync(path.resolve(here, file), { throwIfNoEntry: false });
    if (name.startsWith(".")) skipped.push({ path: file, why: "is not read: it is hidden" });
    else if (status?.isDirectory()) return filesBelow(file, here, [...above, real], skipped);
    else if (status?.isFile()) return [file];
    else skipped.push({ path: file, why: "is not read: it is no file, or a link to none" });
    return [];
  });
  return found.sort();
}
