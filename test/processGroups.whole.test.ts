import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { ProcessGroups, type GroupOptions } from "./processGroups.ts";

describe("a step's process group", () => {
  let groups: ProcessGroups;
  let directory: string;
  beforeEach(() => {
    groups = new ProcessGroups();
    directory = mkdtempSync(path.join(tmpdir(), "gatebox-groups-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs a shell that writes the ids of two processes, its own and one that it has started, and waits for that. */
  function start(before: string, options: Partial<GroupOptions> = {}) {
    const script = `${before}\nsleep 60 &\necho $$ $! >"$1.new"; echo begun; mv "$1.new" "$1"; while :; do wait; done`;
    const given = { cwd: directory, env: process.env, limit: 60_000, grace: 60_000, ...options };
    return groups.run("sh", ["-c", script, "sh", path.join(directory, "pids")], given);
  }

  async function pids(): Promise<number[]> {
    const file = path.join(directory, "pids");
    while (!existsSync(file)) await setTimeout(5);
    return readFileSync(file, "utf8").trim().split(" ").map(Number);
  }

  /** Ended processes may still be there for a moment, until whoever inherited them has waited for them. */
  async function haveEnded(ids: readonly number[]): Promise<void> {
    assert.equal(ids.length, 2);
    while (ids.some(isRunning)) await setTimeout(5);
  }

  it("ends as a whole by a signal", async () => {
    const running = start("");
    const ids = await pids();
    groups.signal("SIGTERM");
    assert.deepEqual(await running, { code: 1, output: "begun\n" });
    await haveEnded(ids);
  });

  it("ends by SIGKILL where it does not listen", async () => {
    const running = start("trap '' TERM INT");
    const ids = await pids();
    for (const signal of ["SIGINT", "SIGTERM"] as const) groups.signal(signal);
    await setTimeout(50);
    assert.ok(ids.every(isRunning));
    groups.signal("SIGKILL");
    assert.equal((await running).code, 1);
    await haveEnded(ids);
  });

  it("ends as a whole when its leader alone obeys", async () => {
    const running = start(`sh -c 'trap "" TERM; echo $$ >"$1"; while :; do sleep 1; done' sh "$1.stubborn" &
      while ! [ -s "$1.stubborn" ]; do sleep 0.01; done; trap 'exit 3' TERM`);
    const [leader = 0] = await pids();
    const stubborn = Number(readFileSync(path.join(directory, "pids.stubborn"), "utf8"));
    groups.signal("SIGTERM");
    assert.equal((await running).code, 3);
    await haveEnded([leader, stubborn]);
  });

  for (const [how, before] of [
    ["by being asked", ""],
    ["by being killed after that", "trap '' TERM"],
  ] as const) {
    it(`ends as a whole at its time limit, ${how}`, async () => {
      const running = start(before, { limit: 1200, grace: 100 });
      const ids = await pids();
      const { code, output } = await running;
      assert.equal(code, 1);
      assert.match(output, /^begun\n\nThe step has not ended within 0\.02 min: it is ended\.\n$/);
      await haveEnded(ids);
    });
  }

  it("is left alone after a command that has ended by itself", async () => {
    const given = { cwd: directory, env: process.env, limit: 60_000, grace: 0 };
    assert.deepEqual(await groups.run("sh", ["-c", "echo out; echo err >&2; exit 4"], given), {
      code: 4,
      output: "out\nerr\n",
    });
    groups.signal("SIGTERM");
  });

  it("has failed where the command cannot be started", async () => {
    const given = { cwd: directory, env: process.env, limit: 60_000, grace: 0 };
    const { code, output } = await groups.run("gatebox-no-such-program", [], given);
    assert.equal(code, 127);
    assert.match(output, /ENOENT/);
  });
});

/** Whether a process runs; one that has ended and that nobody has waited for yet does not. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
