import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { version } from "../../box/version.ts";
import type { RenderedFile } from "./renderedFiles.ts";

/** Says that a folder is render's, and which files in it are. */
const markerFile = ".gatebox-render.json";

/** What stands in it. */
interface Marker {
  readonly gatebox: string;
  /** `OWNER/PATH` of each file. */
  readonly files: readonly string[];
}

/** Why a folder is not written into. */
export class FolderRefused extends Error {}

/** Whether `gatebox render` made a folder. */
export function isRendered(folder: string): boolean {
  return existsSync(path.join(folder, markerFile));
}

/**
 * Writes files into a folder. What an earlier run wrote there and is no longer rendered is removed; files of others never are.
 *
 * @param force whether a folder is taken that has files of others
 * @throws FolderRefused when it has such files.
 */
export function writeFolder(folder: string, files: readonly RenderedFile[], force: boolean): void {
  const before = isRendered(folder) ? markerOf(folder).files : [];
  if (!force) refuseForeign(folder);
  const names = files.map(({ owner, path }) => `${owner}/${path}`);
  const kept = new Set(names);
  for (const name of before) if (!kept.has(name)) removeFile(folder, name);
  for (const [index, { text, mode }] of files.entries()) {
    const place = path.join(folder, names[index] ?? "");
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text, { mode: parseInt(mode, 8) });
  }
  mkdirSync(folder, { recursive: true });
  const marker: Marker = { gatebox: version, files: names };
  writeFileSync(path.join(folder, markerFile), `${JSON.stringify(marker, null, 2)}\n`);
}

/** The files of a folder that render made. */
export function readFolder(folder: string): RenderedFile[] {
  return markerOf(folder).files.map((name) => {
    const [owner = "", ...steps] = name.split("/");
    const place = path.join(folder, name);
    const mode = `0${(statSync(place).mode & 0o777).toString(8)}`;
    return { owner, path: steps.join("/"), text: readFileSync(place, "utf8"), mode };
  });
}

function refuseForeign(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new FolderRefused(`${folder} is a file: name a folder`);
  if (readdirSync(folder).length === 0 || isRendered(folder)) return;
  throw new FolderRefused(
    `${folder} is neither empty nor a folder that render has made: name another, or write into it with --force, which removes nothing`,
  );
}

function markerOf(folder: string): Marker {
  const marker = JSON.parse(readFileSync(path.join(folder, markerFile), "utf8")) as Marker;
  // The list says what is removed, so nothing outside of the folder may be on it.
  const outside = marker.files.find((name) => path.relative(folder, path.join(folder, name)).startsWith(".."));
  if (outside !== undefined)
    throw new FolderRefused(`${folder}/${markerFile} names ${outside}, which is outside of it`);
  return marker;
}

function removeFile(folder: string, name: string): void {
  rmSync(path.join(folder, name), { force: true });
  for (let holder = path.dirname(name); holder !== "."; holder = path.dirname(holder)) {
    const place = path.join(folder, holder);
    if (!existsSync(place) || readdirSync(place).length > 0) return;
    rmdirSync(place);
  }
}
