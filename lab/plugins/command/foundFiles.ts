/** The files that a local command leaves behind: `assetPaths` and `archivePaths`. */
import { createHash } from "node:crypto";
import { glob, readFile, stat } from "node:fs/promises";
import { join, matchesGlob } from "node:path";
import { assetArchive, fileAsset } from "../protocol/wireValues.ts";
import type { WireObject } from "../protocol/wireValues.ts";

interface Found {
  /** Relative to the command's directory. */
  name: string;
  path: string;
  content: Buffer;
}

/**
 * Files below `dir` by patterns, sorted by name. A pattern that begins with `!` takes away what earlier ones have found.
 */
async function find(dir: string, patterns: string[]): Promise<Found[]> {
  const names = new Set<string>();
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      for (const name of names) if (matchesGlob(name, pattern.slice(1))) names.delete(name);
    } else {
      for await (const name of glob(pattern, { cwd: dir })) names.add(name);
    }
  }
  const found: Found[] = [];
  for (const name of [...names].sort()) {
    const path = join(dir, name);
    if ((await stat(path)).isFile()) found.push({ name, path, content: await readFile(path) });
  }
  return found;
}

const sha256 = (...parts: Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

const assetsOf = (found: Found[]): WireObject =>
  Object.fromEntries(found.map(({ name, path, content }) => [name, fileAsset(path, sha256(content))]));

const TAR_BLOCK = 512;
/** The field for the name in a header, in bytes. */
const NAME_LIMIT = 100;
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** A ustar header (POSIX.1-1988) of a file with mode 0600, owner 0 and time 0. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  const put = (offset: number, text: string) => header.write(text, offset, "utf8");
  header.write(name, 0, NAME_LIMIT, "utf8");
  put(100, octal(0o600, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(size, 12));
  put(136, octal(0, 12));
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\x0000");
  put(329, octal(0, 8));
  put(337, octal(0, 8));
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  put(148, `${octal(checksum, 7)} `);
  return header;
}

/**
 * The hash that Pulumi gives an archive of files: that of a tar of them (Go SDK, `Archive.EnsureHash`). It is Pulumi's
 * own for names of up to 100 bytes; longer ones are cut, which the engine does not check.
 */
function archiveHash(found: Found[]): string {
  const parts = found.flatMap(({ name, content }) => [
    tarHeader(name, content.length),
    content,
    Buffer.alloc(-content.length & (TAR_BLOCK - 1)),
  ]);
  return sha256(...parts, Buffer.alloc(2 * TAR_BLOCK));
}

/** The outputs `assets` and `archive`, each if the inputs ask for it. */
export async function foundFiles(dir: string | undefined, inputs: WireObject): Promise<WireObject> {
  const base = dir ?? process.cwd();
  const outputs: WireObject = {};
  const { assetPaths, archivePaths } = inputs;
  if (Array.isArray(assetPaths)) outputs["assets"] = assetsOf(await find(base, assetPaths as string[]));
  if (Array.isArray(archivePaths)) {
    const found = await find(base, archivePaths as string[]);
    outputs["archive"] = assetArchive(assetsOf(found), archiveHash(found));
  }
  return outputs;
}
