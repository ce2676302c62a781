import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory } from "../../lab/state.ts";
import { cached, directoryKey } from "../../lab/toolchain/cache.ts";
import { place } from "../../lab/toolchain/place.ts";
import { machinePulumi } from "../../lab/toolchain/vendor.ts";
import { versions } from "../../lab/toolchain/versions.ts";

describe("the toolchain", () => {
  let directory = "";
  const before = { PATH: process.env["PATH"], XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "gatebox-toolchain-"));
    process.env["XDG_CACHE_HOME"] = path.join(directory, "cache");
  });

  afterEach(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await rm(directory, { recursive: true, force: true });
  });

  /** A machine whose `pulumi version` prints the text given. */
  async function withPulumi(version: string): Promise<void> {
    const bin = path.join(directory, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "pulumi"), ["#!/bin/sh", `echo ${version}`, ""].join("\n"));
    await chmod(path.join(bin, "pulumi"), 0o755);
    process.env["PATH"] = `${bin}:${before.PATH ?? ""}`;
  }

  it("takes the machine's own pulumi of the pinned version", async () => {
    await withPulumi(`v${versions.pulumi}`);
    assert.equal((await machinePulumi())?.origin, "machine");
  });

  it("passes over a pulumi of another version", async () => {
    await withPulumi("v3.249.0");
    assert.equal(await machinePulumi(), undefined);
  });

  it("pins what package.json pins", async () => {
    const file = path.join(import.meta.dirname, "../../package.json");
    const { devDependencies } = JSON.parse(await readFile(file, "utf8")) as { devDependencies: Record<string, string> };
    const pinned = ["pulumi", "kubernetes", "command", "random"].map((name) => devDependencies[`@pulumi/${name}`]);
    const { pulumi, kubernetesPlugin, commandPlugin, randomPlugin } = versions;
    assert.deepEqual(pinned, [pulumi, kubernetesPlugin, commandPlugin, randomPlugin]);
  });

  it("puts links and scripts in their places though others do the same, and they are there all the time", async () => {
    const link = path.join(directory, "home/plugins/plugin");
    await place(link, (file) => symlink("/target", file));
    const placing = Array.from({ length: 20 }, () => place(link, (file) => symlink("/target", file)));
    const reading = Array.from({ length: 20 }, () => readlink(link));
    await Promise.all(placing);
    assert.deepEqual(new Set(await Promise.all(reading)), new Set(["/target"]));
    assert.deepEqual(await readdir(path.dirname(link)), ["plugin"]);
  });

  it("makes a thing once, and makes it anew when its making was interrupted", async () => {
    let made = 0;
    const make = async (place: string): Promise<void> => {
      made += 1;
      await writeFile(path.join(place, "half"), "");
      if (made === 1) throw new Error("interrupted");
      await writeFile(path.join(place, "whole"), "");
    };
    await assert.rejects(cached("toolchain/thing-1", make), /interrupted/);
    // A process that was killed could not tidy up.
    await mkdir(path.join(path.dirname(cacheDirectory("toolchain/thing-1")), "thing-1.making-abc"));
    const place = await cached("toolchain/thing-1", make);
    assert.equal(await cached("toolchain/thing-1", make), place);
    assert.deepEqual(await readdir(place), ["half", "whole"]);
    assert.deepEqual(await readdir(path.dirname(place)), ["thing-1"]);
    assert.equal(made, 2);
  });

  it("has one of several at once make a thing, and gives it to all whole", async () => {
    let made = 0;
    const make = async (place: string): Promise<void> => {
      made += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await writeFile(path.join(place, "whole"), "");
    };
    const [one, ...others] = await Promise.all([1, 2, 3].map(() => cached("toolchain/thing-2", make)));
    assert.deepEqual(others, [one, one]);
    assert.deepEqual(await readdir(one ?? ""), ["whole"]);
    // Elsewhere there is no lock, and both are whole all the same.
    if (process.platform === "linux") assert.equal(made, 1);
  });

  it("keys a build by every file that goes into it", async () => {
    await writeFile(path.join(directory, "go.mod"), "module a\n");
    const key = await directoryKey(directory);
    assert.equal(await directoryKey(directory), key);
    await writeFile(path.join(directory, "go.mod"), "module b\n");
    assert.notEqual(await directoryKey(directory), key);
  });
});
