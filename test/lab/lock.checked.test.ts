import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { withLock } from "../../lab/lock.ts";

describe("a lock between processes", () => {
  let place = "";
  beforeEach(async () => {
    place = await mkdtemp(path.join(tmpdir(), "gatebox-lock-"));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  it("lets one act at a time, also where each removes the directory that is locked", async () => {
    const directory = path.join(place, "lab");
    let [acting, most, acted] = [0, 0, 0];
    const act = async (): Promise<void> => {
      most = Math.max(most, ++acting);
      await pause(5);
      acted++;
      acting--;
      await rm(directory, { recursive: true });
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(directory, 30, act)));
    assert.deepEqual({ most, acted }, { most: 1, acted: 20 });
  });

  it("says so when it is held for longer than one wants to wait", async () => {
    await withLock(place, 10, async () => {
      await assert.rejects(
        withLock(place, 0, () => Promise.resolve()),
        /gatebox-lock-\S+ is still in use by another run after 0 s; wait for it to end/,
      );
    });
  });

  it("fails at once where no directory can be", async () => {
    const file = path.join(place, "file");
    await writeFile(file, "");
    const nowhere = path.join(place, "nowhere");
    await symlink(path.join(place, "gone/for/good"), nowhere);
    for (const directory of [file, path.join(file, "below"), nowhere, path.join(nowhere, "below")])
      await assert.rejects(
        withLock(directory, 10, () => Promise.resolve()),
        /EEXIST|ENOTDIR|ENOENT/,
      );
  });
});
