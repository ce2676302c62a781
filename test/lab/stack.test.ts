import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { removeStaleLocks } from "../../lab/stack.ts";

describe("a stack whose engine was killed", () => {
  let state = "";
  beforeEach(async () => {
    state = await mkdtemp(path.join(tmpdir(), "gatebox-state-"));
  });
  afterEach(() => rm(state, { recursive: true, force: true }));

  it("loses the lock that was left, and no other", async () => {
    const locks = path.join(state, ".pulumi/locks/organization/gatebox/protobox");
    await mkdir(locks, { recursive: true });
    const dead = spawnSync("true").pid;
    await writeFile(path.join(locks, "left.json"), JSON.stringify({ pid: dead }));
    await writeFile(path.join(locks, "held.json"), JSON.stringify({ pid: process.pid }));
    await removeStaleLocks(state);
    assert.deepEqual(await readdir(locks), ["held.json"]);
  });

  it("need not have been locked ever", async () => {
    await removeStaleLocks(state);
    assert.deepEqual(await readdir(state), []);
  });
});
