import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { SandboxHost } from "./sandboxHost.ts";

// Needs root: it mounts a file system of its own.
describe("a transaction on a disk that is nearly full", () => {
  let host: SandboxHost;
  beforeEach(() => {
    host = new SandboxHost();
    mkdirSync(host.path("var"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", host.path("var")]);
  });
  afterEach(() => {
    execFileSync("umount", [host.path("var")]);
    host.delete();
  });

  it("either succeeds or leaves all as it was, however little room there is", async () => {
    const good = host.base("good\n");
    const big = host.base("big\n", [{ path: "big", text: "x".repeat(20_000) }]);
    assert.equal((await host.apply(good)).code, 0);
    let fitted = 0;
    const refusals = new Set<string>();
    for (let pages = 0; pages <= 40; pages++) {
      fill(host, pages);
      host.calls();
      const ended = await host.apply(big);
      if (ended.code === 0) {
        fitted++;
        assert.equal(host.serving(), "big\n");
      } else {
        refusals.add(/: (cannot [^:]*)/.exec(ended.stderr)?.[1] ?? ended.stderr);
        assert.equal(host.serving(), "good\n", `with ${pages} pages`);
        assert.ok(!host.calls().includes("deactivate"));
      }
      assert.deepEqual(host.leftovers(), [], `with ${pages} pages`);
      rmSync(host.path("var/ballast"));
      assert.equal((await host.apply(good)).code, 0, `afterwards, with ${pages} pages`);
      assert.equal(host.serving(), "good\n");
    }
    assert.ok(fitted > 5, `${fitted} fitted`);
    assert.ok(
      refusals.size > 1 && [...refusals].every((words) => words.startsWith("cannot ")),
      [...refusals].join("\n"),
    );
  });

  /** Leaves this many pages of 4 KiB free. */
  function fill(sandbox: SandboxHost, pages: number): void {
    const free = Number(execFileSync("stat", ["-f", "-c", "%f", sandbox.path("var")], { encoding: "utf8" }));
    const count = String(Math.max(0, free - pages));
    execFileSync("dd", ["if=/dev/zero", `of=${sandbox.path("var/ballast")}`, "bs=4096", `count=${count}`], {
      stdio: "ignore",
    });
  }
});
