import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withLock } from "../lock.ts";
import { cacheDirectory } from "../state.ts";

/** A short key over the files of a directory: whatever changes what is built changes where it is kept. */
export async function directoryKey(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(directory)).sort()) {
    hash.update(`${name}\0`).update(await readFile(path.join(directory, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Seconds that another process may take to make the same: the longest build, on a machine that has several to do. */
const otherMakerSeconds = 7200;

/**
 * Returns the directory `<cache>/<name>`, made by `make` if it is not there yet. It is made beside its place and renamed
 * into it, so an interrupted build is never taken for a whole one. Of several processes one makes it, and the others wait.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const place = cacheDirectory(name);
  if (existsSync(place)) return place;
  await mkdir(path.dirname(place), { recursive: true });
  await alone(name, place, () => (existsSync(place) ? Promise.resolve() : makeAt(place, make)));
  return place;
}

/** Elsewhere than on Linux there is no flock(1), and nothing to be made that takes long: two makers both end with a whole one. */
async function alone(name: string, place: string, action: () => Promise<void>): Promise<void> {
  if (process.platform !== "linux") return action();
  await withLock(cacheDirectory(`locks/${name}`), otherMakerSeconds, async () => {
    await removeUnfinished(place);
    await action();
  });
}

const stagingOf = (place: string): string => `${place}.making-`;

/** Only who holds the lock makes it: whatever is unfinished now belongs to a process that was killed. */
async function removeUnfinished(place: string): Promise<void> {
  const unfinished = await readdir(path.dirname(place));
  for (const name of unfinished.filter((each) => each.startsWith(path.basename(stagingOf(place)))))
    await rm(path.join(path.dirname(place), name), { recursive: true, force: true });
}

async function makeAt(place: string, make: (directory: string) => Promise<void>): Promise<void> {
  const staging = await mkdtemp(stagingOf(place));
  try {
    await make(staging);
    await rename(staging, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
