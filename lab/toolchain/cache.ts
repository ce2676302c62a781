import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../state.ts";

/** A short key over the files of a directory: whatever changes what is built changes where it is kept. */
export async function directoryKey(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(directory)).sort()) {
    hash.update(`${name}\0`).update(await readFile(path.join(directory, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * Returns the directory `<cache>/<name>`, made by `make` if it is not there yet. It is made beside its place and renamed
 * into it, so an interrupted build is never taken for a whole one, and two builders at once both end with a whole one.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const place = cacheDirectory(name);
  if (existsSync(place)) return place;
  await mkdir(path.dirname(place), { recursive: true });
  const staging = await mkdtemp(`${place}.making-`);
  try {
    await make(staging);
    await rename(staging, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return place;
}
