import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { SandboxHost } from "./sandboxHost.ts";

describe("transactions that arrive together", () => {
  let host: SandboxHost;
  beforeEach(async () => {
    host = new SandboxHost();
    await host.apply(host.base("base\n"));
    host.calls();
  });
  afterEach(() => {
    assert.deepEqual(host.leftovers(), []);
    host.delete();
  });
  const names = Array.from({ length: 12 }, (_, index) => `u${index + 10}`);
  const fragment = (name: string, file?: string) => ["apply", host.fragment(name, `${name}\n`, file)] as const;
  const codes = (ended: { code: number | null }[]) => ended.map(({ code }) => code);

  it("cost one check and one activation", async () => {
    const results = await host.together(names.map((name) => fragment(name)));
    assert.deepEqual(
      [...new Set(results.map(({ code, stdout }) => `${code} ${stdout}`))],
      ["0 live as generation 2\n"],
    );
    assert.deepEqual(host.calls(), ["check", "activate", "probe"]);
    assert.equal(host.serving(), ["base", ...names, ""].join("\n"));
  });

  it("are gathered for as long as more arrive", async () => {
    // A pause of the runtime ends when the test says so.
    const [pauses, end] = [host.path("pauses"), host.path("end")];
    host.tool("sleep", `echo >>'${pauses}'; while ! rm '${end}' 2>/dev/null; do PATH=\${PATH#*:} sleep 0.01; done`);
    const pausing = async (times: number) => {
      while (!existsSync(pauses) || readFileSync(pauses, "utf8").length < times) await setTimeout(10);
    };
    const start = (name: string) => host.start(["apply"], host.fragment(name, `${name}\n`)).ended;
    const ended = [start("first")];
    await pausing(1);
    for (const [index, name] of ["second", "third"].entries()) {
      ended.push(start(name));
      await host.waiting(index + 2);
      writeFileSync(end, "");
      await pausing(index + 2);
    }
    writeFileSync(end, "");
    assert.deepEqual(codes(await Promise.all(ended)), [0, 0, 0]);
    assert.deepEqual(host.calls(), ["check", "activate", "probe"]);
  });

  for (const step of ["check", "probe"] as const) {
    it(`fail alone when one is bad in its ${step}`, async () => {
      host.behave(step, "if [ -f routes/u13.cfg ]; then echo 'u13 is bad'; exit 1; fi");
      const results = await host.together(names.slice(0, 5).map((name) => fragment(name)));
      assert.deepEqual(codes(results), [0, 0, 0, 1, 0]);
      assert.match(results[3]?.stderr ?? "", /edge\/u13: lifecycle\/.* failed.*\nu13 is bad\n$/);
      assert.equal(host.serving(), "base\nu10\nu11\nu12\nu14\n");
    });
  }

  it("give a file to one of two units only", async () => {
    const results = await host.together([fragment("a", "routes/1.cfg"), fragment("b", "routes/1.cfg")]);
    assert.deepEqual(codes(results).sort(), [0, 1]);
    assert.match(
      results.map(({ stderr }) => stderr).join(""),
      /routes\/1\.cfg belongs to the unit [ab]; the unit [ab] cannot/,
    );
    assert.deepEqual(host.calls(), ["check", "activate", "probe"]);
  });

  it("take a base and its fragments in any order", async () => {
    await host.remove(host.base(""));
    assert.deepEqual(
      codes(await host.together([fragment("a"), ["apply", host.base("new\n")], fragment("b")])),
      [0, 0, 0],
    );
    assert.equal(host.serving(), "new\na\nb\n");
  });

  it("remove a base and its fragments as one", async () => {
    await host.apply(host.fragment("a", "a\n"));
    host.calls();
    const results = await host.together([
      ["remove", host.base("")],
      ["remove", host.fragment("a", "")],
    ]);
    assert.deepEqual(codes(results), [0, 0]);
    assert.deepEqual(host.calls(), ["deactivate"]);
  });

  it("leave out one whose process was killed while it waited", async () => {
    const lock = await host.holdLock();
    const dead = host.start(["apply"], host.fragment("dead", "dead\n"));
    await host.waiting(1);
    process.kill(dead.pid, "SIGKILL");
    lock.release();
    assert.equal((await host.apply(host.fragment("alive", "alive\n"))).code, 0);
    assert.equal(host.serving(), "base\nalive\n");
  });

  it("do not wait for ever for one another", async () => {
    const lock = await host.holdLock();
    const started = Date.now();
    const ended = await host.apply(host.fragment("a", "a\n"), { env: { GATEBOX_LOCK_WAIT: "0.2" } });
    lock.release();
    // 0.2 s and some processes, on a busy machine; by default it would be minutes.
    assert.ok(Date.now() - started < 4000);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /another transaction on this host did not end within 0\.2 s; nothing was changed/);
    assert.equal(host.serving(), "base\n");
  });
});
