import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { imageArchive } from "../../lab/pods/image.ts";
import { tar } from "../../lab/tar.ts";

/** What the real tar makes of an archive. */
function readTar(archive: Buffer, ...args: string[]): string {
  return execFileSync("tar", ["--file=-", ...args], { input: archive, encoding: "utf8", timeout: 20_000 });
}

describe("tar", () => {
  it("is read by the real tar: paths, permissions, owner, contents around the block size", () => {
    const files = [0, 1, 511, 512, 513, 5000].map((size) => ({
      path: `sizes/${size}`,
      content: "é".repeat(size / 2) + "x".repeat(size % 2),
      mode: 0o600 + (size % 7),
    }));
    const archive = tar(files);
    const lines = readTar(archive, "--list", "--verbose", "--numeric-owner").trim().split("\n");
    assert.equal(lines.length, files.length);
    for (const [index, { path, content, mode }] of files.entries()) {
      const [permissions = "", owner, size, , , name] = lines[index]!.split(/\s+/);
      const bits = parseInt(permissions.slice(1).replace(/[^-]/g, "1").replaceAll("-", "0"), 2);
      assert.deepEqual([bits, owner, Number(size), name], [mode, "0/0", Buffer.byteLength(content), path]);
      assert.equal(readTar(archive, "--extract", "--to-stdout", path), content);
    }
  });
});

describe("the image of the pods", () => {
  const program = Buffer.from("not really a program");
  const names = { web: "pods.gatebox.test/web:1", pause: "pods.gatebox.test/pause:1" };

  it("has both images over one layer whose digest their configurations state", () => {
    const archive = imageArchive(program, names);
    const read = (path: string): string => readTar(archive, "--extract", "--to-stdout", path);
    const manifest = JSON.parse(read("manifest.json")) as { Config: string; RepoTags: string[]; Layers: string[] }[];
    assert.deepEqual(
      manifest.map(({ RepoTags }) => RepoTags),
      [[names.web], [names.pause]],
    );
    const layers = new Set(manifest.flatMap(({ Layers }) => Layers));
    assert.equal(layers.size, 1);
    const layer = read([...layers][0]!);
    const digest = createHash("sha256").update(layer).digest("hex");
    const starts = manifest.map(({ Config }) => {
      const document = read(Config);
      assert.equal(Config, `${createHash("sha256").update(document).digest("hex")}.json`);
      const { config, rootfs } = JSON.parse(document) as {
        config: { Entrypoint: string[] };
        rootfs: { diff_ids: string[] };
      };
      assert.deepEqual(rootfs.diff_ids, [`sha256:${digest}`]);
      return config.Entrypoint;
    });
    assert.deepEqual(starts, [
      ["/pods", "web"],
      ["/pods", "pause"],
    ]);
    assert.equal(readTar(Buffer.from(layer), "--extract", "--to-stdout", "pods"), program.toString());
  });
});
