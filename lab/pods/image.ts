/**
 * The image of the lab's pods, built from the Go program in this directory and kept in the user's cache. No registry, no
 * docker: the archive is written by hand, and `ctr image import` reads it.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tar } from "../tar.ts";
import { cached } from "../toolchain/cache.ts";
import { findGo, runGoBuild } from "../toolchain/go.ts";

/** Where the image is and what its two names are. The names carry a key of the content: another content, another name. */
export interface PodImage {
  /** An archive in the format of `docker save`, with both names. */
  readonly archive: string;
  /** The image that answers requests. */
  readonly web: string;
  /** The image that holds a pod's namespaces open. */
  readonly pause: string;
}

/** No registry has this name: a node that lacks the image fails instead of asking somewhere. */
const REPOSITORY = "pods.gatebox.test";

/** Raise it when the archive's layout changes in a way that the sources do not show. */
const LAYOUT = 1;

/** What the archive says about the machine that it is for, in Go's words, which are also those of images. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Builds the image, or finds it in the cache.
 *
 * @param say called with what is being done
 * @example
 * const image = await buildPodImage();
 * image.web; // "pods.gatebox.test/web:3f9c…"
 */
export async function buildPodImage(say: (line: string) => void = () => undefined): Promise<PodImage> {
  const { key, ...names } = await podImageNames();
  const directory = await cached(`pods/${key}`, async (place) => {
    const program = join(place, "pods");
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid="];
    say("building the program of the pods");
    await runGoBuild("the program of the pods", await findGo(say), [...flags, "-o", program, "."], {
      cwd: import.meta.dirname,
      env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    });
    await writeFile(join(place, "image.tar"), imageArchive(await readFile(program), names));
  });
  return { archive: join(directory, "image.tar"), ...names };
}

/** What the image is called, built or not, and the key of its content. */
export async function podImageNames(): Promise<Pick<PodImage, "web" | "pause"> & { readonly key: string }> {
  const sources = (await readdir(import.meta.dirname)).filter((name) => /\.go$|^go\.mod$/.test(name)).sort();
  const hash = createHash("sha256").update(`${LAYOUT} ${process.arch}\0`);
  for (const name of sources) {
    hash.update(`${name}\0`).update(await readFile(join(import.meta.dirname, name)));
  }
  const key = hash.digest("hex").slice(0, 12);
  return { key, web: `${REPOSITORY}/web:${key}`, pause: `${REPOSITORY}/pause:${key}` };
}

/**
 * Writes an archive of two images with one layer between them, the program, which each starts in its own way.
 *
 * @param program the static executable
 */
export function imageArchive(program: Buffer, names: Pick<PodImage, "web" | "pause">): Buffer {
  const layer = tar([{ path: "pods", content: program, mode: 0o755 }]);
  const layerPath = `${sha256(layer)}.tar`;
  const images = [
    { name: names.web, configuration: imageConfiguration(layer, "web") },
    { name: names.pause, configuration: imageConfiguration(layer, "pause") },
  ].map((image) => ({ ...image, path: `${sha256(image.configuration)}.json` }));
  const manifest = images.map(({ name, path }) => ({ Config: path, RepoTags: [name], Layers: [layerPath] }));
  return tar([
    { path: "manifest.json", content: JSON.stringify(manifest) },
    ...images.map(({ path, configuration }) => ({ path, content: configuration })),
    { path: layerPath, content: layer },
  ]);
}

/** An image's configuration as the OCI image specification has it, reduced to what a runtime reads. */
function imageConfiguration(layer: Buffer, program: "web" | "pause"): string {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) {
    throw new Error(
      `no image can be made for processor "${process.arch}"; known: ${Object.keys(ARCHITECTURES).join(", ")}`,
    );
  }
  return JSON.stringify({
    architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    // A name for nobody: the program needs no file and no right.
    config: { Entrypoint: ["/pods", program], User: "65535:65535" },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
  });
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
