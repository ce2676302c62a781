import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { SandboxHost } from "./sandboxHost.ts";

describe("the records of a host", () => {
  let host: SandboxHost;
  beforeEach(() => (host = new SandboxHost()));
  afterEach(() => {
    assert.deepEqual(host.leftovers(), []);
    host.delete();
  });

  /** What the runtime prints, with the time of the last change as `NOW` if it is that of the test. */
  async function records(): Promise<string[]> {
    const { stdout } = await host.run(["records"]);
    const now = Date.now() / 1000;
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) =>
        line.replace(/^changed (\d+)$/, (_, at: string) => (Math.abs(now - Number(at)) < 30 ? "changed NOW" : line)),
      );
  }
  const drifted = async (): Promise<string | undefined> => (await records()).find((line) => line.startsWith("drifted"));

  it("tell of the last change, its units and its generation", async () => {
    await host.apply(host.base("base\n"));
    assert.deepEqual(await records(), [
      "assembly edge",
      "generation 1",
      "changed NOW",
      "unit base",
      "failed 0",
      "last ok",
      "drifted 0",
    ]);
    await host.together([
      ["apply", host.fragment("a", "a\n")],
      ["apply", host.fragment("b", "b\n")],
    ]);
    const after = await records();
    assert.deepEqual(after.filter((line) => line.startsWith("unit")).sort(), ["unit a", "unit b"]);
    assert.ok(after.includes("generation 2"), after.join("\n"));
  });

  it("take no transaction for a change that has changed nothing", async () => {
    await host.apply(host.base("base\n"));
    await host.apply(host.fragment("a", "a\n"));
    assert.match((await host.apply(host.base("base\n"))).stdout, /unchanged/);
    assert.deepEqual((await records()).slice(1, 4), ["generation 2", "changed NOW", "unit a"]);
  });

  for (const step of ["check", "activate", "probe"] as const) {
    it(`count a transaction whose ${step} fails, until one does not`, async () => {
      await host.apply(host.base("base\n"));
      host.behave(step, "if grep -q bad base.cfg; then exit 1; fi");
      for (const failed of [1, 2]) {
        assert.equal((await host.apply(host.base("bad\n"))).code, 1);
        assert.deepEqual((await records()).slice(3), ["unit base", `failed ${failed}`, "last failed", "drifted 0"]);
      }
      await host.apply(host.base("other\n"));
      assert.deepEqual((await records()).slice(4), ["failed 2", "last ok", "drifted 0"]);
    });
  }

  it("count of several that arrive together the one that fails", async () => {
    await host.apply(host.base("base\n"));
    host.behave("check", "if grep -q bad routes/*.cfg; then exit 1; fi");
    await host.together([
      ["apply", host.fragment("a", "a\n")],
      ["apply", host.fragment("b", "bad\n")],
    ]);
    const after = await records();
    assert.ok(after.includes("failed 1") && after.includes("last failed"), after.join("\n"));
    assert.ok(after.includes("unit a") && !after.includes("unit b"), after.join("\n"));
  });

  it("count what another unit's file was refused to", async () => {
    await host.apply(host.base("base\n"));
    assert.equal((await host.apply(host.fragment("a", "a\n", "base.cfg"))).code, 1);
    assert.ok((await records()).includes("failed 1"));
  });

  it("tell of a transaction that was killed at once, and count it when the next one finds it", async () => {
    await host.apply(host.base("base\n"));
    host.behave("probe", `if grep -q bad base.cfg; then touch '${host.path("here")}'; sleep 5; fi`);
    const run = host.start(["apply"], host.base("bad\n"));
    while (!existsSync(host.path("here"))) await setTimeout(10);
    process.kill(run.pid, "SIGKILL");
    await run.ended;
    assert.ok((await records()).includes("last failed"));
    await host.apply(host.base("other\n"));
    assert.deepEqual((await records()).slice(3), ["unit base", "failed 1", "last ok", "drifted 0"]);
  });

  it("count files that differ, are missing, have another mode or belong to nobody", async () => {
    await host.apply(host.base("base\n"));
    await host.apply(host.fragment("a", "a\n"));
    const live = (file: string) => host.path("etc/gatebox/edge", file);
    writeFileSync(live("routes/a.cfg"), "edited\n");
    assert.equal(await drifted(), "drifted 1");
    writeFileSync(live("routes/stray.cfg"), "");
    assert.equal(await drifted(), "drifted 2");
    chmodSync(live("base.cfg"), 0o600);
    assert.equal(await drifted(), "drifted 3");
    rmSync(live("base.cfg"));
    assert.equal(await drifted(), "drifted 3");
    // What another unit brings says nothing of these files.
    await host.apply(host.fragment("b", "b\n"));
    assert.equal(await drifted(), "drifted 3");
    await host.apply(host.fragment("a", "a\n"));
    assert.equal(await drifted(), "drifted 2");
  });

  it("count copies in other places that differ or are gone", async () => {
    const links = "/etc/kept place.conf\n/etc/gone place.conf\n/etc/replaced place.conf\n";
    const place = { path: "place.conf", text: "place\n" };
    await host.apply(host.base("base\n", [place, { path: "lifecycle/links", text: links }]));
    assert.equal(await drifted(), "drifted 0");
    rmSync(host.path("etc/gone"));
    rmSync(host.path("etc/replaced"));
    writeFileSync(host.path("etc/replaced"), "");
    assert.equal(await drifted(), "drifted 2");
  });

  it("keep sums of secrets from others, and go with the assembly", async () => {
    await host.apply(host.base("base\n"));
    await host.apply(host.fragment("a", "a\n"));
    const place = host.path("var/lib/gatebox/edge");
    assert.equal(statSync(`${place}/sums`).mode & 0o777, 0o700);
    assert.equal(statSync(`${place}/sums/a`).mode & 0o777, 0o600);
    await host.remove(host.fragment("a", "a\n"));
    assert.deepEqual(readdirSync(`${place}/sums`), ["base"]);
    await host.remove(host.base("base\n"));
    assert.deepEqual(readdirSync(host.path("var/lib/gatebox")), ["incoming"]);
    assert.deepEqual(await records(), []);
  });

  it("are not kept of what has never been live", async () => {
    host.behave("check", "exit 1");
    await host.apply(host.base("base\n"));
    assert.deepEqual(readdirSync(host.path("var/lib/gatebox")), ["incoming"]);
  });

  it("survive what a power cut has left of them", async () => {
    await host.apply(host.base("base\n"));
    for (const text of ["", "failed x\nlast\n", "failed 1; exit\n"]) {
      writeFileSync(host.path("var/lib/gatebox/edge/record"), text);
      assert.equal((await host.apply(host.base(`base ${text.length}\n`))).code, 0);
      assert.match(
        readFileSync(host.path("var/lib/gatebox/edge/record"), "utf8"),
        /^changed \d+\nunit base\nfailed 0\nlast ok\n$/,
      );
    }
  });

  it("leave out what a transaction that does not end keeps unknown", async () => {
    await host.apply(host.base("base\n"));
    const lock = await host.holdLock();
    assert.deepEqual(await records(), []);
    lock.release();
  });
});
