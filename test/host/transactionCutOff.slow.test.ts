import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { failed } from "./ended.ts";
import { Killer, TURNING_POINTS } from "./killer.ts";
import { isRunning, SandboxHost } from "./sandboxHost.ts";

describe("a transaction that is cut off", () => {
  let host: SandboxHost;
  beforeEach(async () => {
    host = new SandboxHost();
    await host.apply(host.base("good\n"));
    host.calls();
  });
  afterEach(() => {
    assert.deepEqual(host.leftovers(), []);
    host.delete();
  });

  it("by SIGKILL at any of its turning points serves one of the two, and the next one converges", async () => {
    const killer = new Killer(host, TURNING_POINTS);
    for (let step = 1, finished = false; !finished; step++) {
      const [before, text] = [host.serving(), `text ${step}\n`];
      const { killed } = await killer.apply(host.base(text), step);
      finished = !killed;
      assert.ok([before, text].includes(host.serving()), `after step ${step}: ${host.serving()}`);
      assert.equal((await host.apply(host.base(text))).code, 0, `after step ${step}`);
      assert.equal(host.serving(), text);
      assert.deepEqual(host.leftovers(), [], `after step ${step}`);
      if (finished) assert.ok(step > 6, `only ${step} steps were seen`);
    }
  });

  for (const script of ["check", "activate", "probe"] as const) {
    it(`by SIGKILL while lifecycle/${script} runs goes back first, with the script stopped`, async () => {
      const late = `if grep -q bad base.cfg; then echo $$ >'${host.path("pid")}'; touch '${host.path("here")}'; sleep 5; touch '${host.path("late")}'; fi`;
      host.behave(script, late);
      const run = host.start(["apply"], host.base("bad\n"));
      while (!existsSync(host.path("here"))) await setTimeout(10);
      process.kill(run.pid, "SIGKILL");
      host.calls();
      assert.equal((await host.apply(host.base("other\n"))).code, 0);
      assert.equal(host.serving(), "other\n");
      const back = script === "check" ? [] : ["activate", "probe"];
      assert.deepEqual(host.calls(), [...back, "check", "activate", "probe"]);
      assert.equal(isRunning(readFileSync(host.path("pid"), "utf8").trim()), false);
      await run.ended;
    });
  }

  it("is told of after what is wrong now, where going back fails as well", async () => {
    const pid = host.path("pid");
    host.behave("activate", `if grep -q bad base.cfg; then echo $$ >'${pid}'; sleep 5; fi`);
    const run = host.start(["apply"], host.base("bad\n"));
    while (!existsSync(pid)) await setTimeout(10);
    process.kill(run.pid, "SIGKILL");
    await run.ended;
    host.behave("activate", "echo 'it hangs' >&2; exit 1");
    const ended = await host.apply(host.base("other\n"));
    failed(
      ended,
      /^gatebox: [^\n]*: lifecycle\/activate failed \(exit 1\)/,
      /\n[^\n]*an earlier transaction was cut off/,
    );
    host.behave("activate", "");
    assert.equal((await host.apply(host.base("other\n"))).code, 0);
    assert.equal(host.serving(), "other\n");
  });

  it("by SIGKILL while a script runs that ignores signals is taken up all the same", async () => {
    host.env["GATEBOX_KILL_AFTER"] = "0.3";
    const pid = host.path("pid");
    host.behave("probe", `if grep -q bad base.cfg; then trap '' TERM; echo $$ >'${pid}'; sleep 30; sleep 30; fi`);
    const run = host.start(["apply"], host.base("bad\n"));
    while (!existsSync(pid)) await setTimeout(10);
    process.kill(run.pid, "SIGKILL");
    assert.equal((await host.apply(host.base("other\n"))).code, 0);
    assert.equal(isRunning(readFileSync(pid, "utf8").trim()), false);
    assert.equal(host.serving(), "other\n");
  });

  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    it(`by ${signal} goes back at once`, async () => {
      host.behave("probe", `if grep -q bad base.cfg; then touch '${host.path("here")}'; sleep 30; fi`);
      const run = host.start(["apply"], host.base("bad\n"));
      while (!existsSync(host.path("here"))) await setTimeout(10);
      process.kill(run.pid, signal);
      const { code, stderr } = await run.ended;
      assert.equal(code, 1);
      assert.match(stderr, /lifecycle\/probe was interrupted; the configuration that was live before serves again/);
      assert.equal(host.serving(), "good\n");
    });
  }

  it("by the time limit of its own command line goes back, although a script ignores it", async () => {
    host.behave("activate", "if grep -q bad base.cfg; then trap '' TERM; sleep 30; sleep 30; fi");
    const wrapper = 'exec timeout -k 20 5 "$@"';
    const ended = await host.apply(host.base("bad\n"), { wrapper, env: { GATEBOX_KILL_AFTER: "0.3" } });
    assert.equal(ended.code, 124);
    assert.match(ended.stderr, /lifecycle\/activate was interrupted; .* serves again/);
    assert.equal(host.serving(), "good\n");
  });

  it("by SIGTERM while it waits for another leaves nothing", async () => {
    const lock = await host.holdLock();
    const run = host.start(["apply"], host.base("bad\n"));
    await host.waiting(1);
    await setTimeout(100);
    process.kill(run.pid, "SIGTERM");
    const { code, stderr } = await run.ended;
    lock.release();
    assert.equal(code, 1);
    assert.match(stderr, /interrupted while waiting for another transaction/);
    assert.equal(host.serving(), "good\n");
  });

  it("by an operator who is gone, with nobody reading its output, goes on to its end", async () => {
    const ended = await host.apply(host.base("better\n"), { wrapper: '"$@" | true' });
    assert.equal(ended.code, 0);
    assert.equal(host.serving(), "better\n");
  });

  // Files of more than so many blocks of 512 bytes cannot be written, as on a full disk, but without privileges; the real
  // thing is in fullDisk.root.test.ts.
  for (const [what, blocks] of [
    ["the payload", 1],
    ["the unit's files", 59],
  ] as const) {
    it(`by a disk that cannot hold ${what} is refused and cleaned up`, async () => {
      // 30,000 bytes of text, with a "|" less than in the payload for each of its lines.
      const big = host.base("good\n", [{ path: "big", text: "y".repeat(30_000) }]);
      const ended = await host.apply(big, { wrapper: `ulimit -f ${blocks}; exec "$@"` });
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /cannot store/);
      assert.equal(host.serving(), "good\n");
      assert.deepEqual(host.calls(), []);
    });
  }
});
