/**
 * The layers that hosts are made of: directories in the user's cache, read-only once built, shared by every lab. A host
 * is an overlay on them.
 */
import { createHash } from "node:crypto";
import { access, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LayerName } from "../inventory.ts";
import { withLock } from "../lock.ts";
import { cacheDirectory } from "../state.ts";
import { readAptConfiguration, type AptConfiguration } from "./apt.ts";
import { buildBase, buildOnTop } from "./build.ts";
import { DISABLED_UNITS, ENABLED_UNITS, FILES, MASKED_UNITS, PACKAGES, RECIPE } from "./packages.ts";

/** Seconds that another run may take to build the same layers before we give up on it: three times a slow build. */
const OTHER_BUILD_SECONDS = 1800;

/** Each layer stands on those before it. */
const ORDER: readonly LayerName[] = ["base", "cluster"];

/**
 * Makes sure that the layers are in the cache; a layer that is there already costs nothing.
 *
 * A layer is built in a temporary directory and renamed when it is complete: what an interrupted run left is thrown
 * away by the next one.
 *
 * @param report called with what is being done, line by line
 * @returns the directory of each layer wanted
 * @example
 * const layers = await ensureLayers(["base", "cluster"], console.log);
 * layers.get("base"); // "~/.cache/gatebox/image/base-0c2f…"
 */
export async function ensureLayers(
  wanted: readonly LayerName[],
  report: (line: string) => void,
): Promise<ReadonlyMap<LayerName, string>> {
  const apt = await readAptConfiguration();
  const last = Math.max(...wanted.map((name) => ORDER.indexOf(name)));
  const layers = new Map<LayerName, string>();
  for (const name of ORDER.slice(0, last + 1)) {
    const below = [...layers.values()];
    const directory = join(cacheDirectory("image"), `${name}-${keyOf(name, apt)}`);
    if (!(await exists(directory))) {
      await withLock(cacheDirectory("image"), OTHER_BUILD_SECONDS, () => build(name, directory, below, apt, report));
    }
    layers.set(name, directory);
  }
  return layers;
}

async function build(
  name: LayerName,
  directory: string,
  below: readonly string[],
  apt: AptConfiguration,
  report: (line: string) => void,
): Promise<void> {
  if (await exists(directory)) {
    return;
  }
  await removeUnfinished();
  const unfinished = `${directory}.unfinished`;
  if (below.length === 0) {
    await buildBase(unfinished, apt, report);
  } else {
    await buildOnTop(name, unfinished, below, apt, report);
  }
  await rename(unfinished, directory);
}

/** Only the holder of the lock builds, so whatever is unfinished now belongs to a run that was cut off. */
async function removeUnfinished(): Promise<void> {
  const cache = cacheDirectory("image");
  const left = (await readdir(cache)).filter((name) => name.includes(".unfinished"));
  await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}

function keyOf(name: LayerName, apt: AptConfiguration): string {
  const upTo = ORDER.slice(0, ORDER.indexOf(name) + 1);
  const lists = [PACKAGES, MASKED_UNITS, DISABLED_UNITS, ENABLED_UNITS, FILES];
  const recipe = upTo.map((each) => lists.map((list) => list[each]));
  const text = JSON.stringify([RECIPE, apt.suite, apt.architecture, recipe]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
