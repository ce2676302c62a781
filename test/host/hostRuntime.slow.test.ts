import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { SandboxHost } from "./sandboxHost.ts";

describe("the runtime at work", () => {
  it("needs only programs that every minimal Debian or Ubuntu has", async () => {
    const host = new SandboxHost();
    // All in packages marked essential: coreutils, findutils, diffutils, grep, sed, util-linux, libc-bin, dash and an awk.
    const programs = [
      ...[
        "awk",
        "basename",
        "cat",
        "chmod",
        "cmp",
        "cp",
        "cut",
        "date",
        "diff",
        "find",
        "flock",
        "grep",
        "iconv",
        "ln",
        "mkdir",
      ],
      ...[
        "mktemp",
        "mv",
        "readlink",
        "rm",
        "rmdir",
        "sed",
        "sh",
        "sha256sum",
        "sleep",
        "sort",
        "sync",
        "tail",
        "timeout",
      ],
      ...["tr", "uname", "xargs"],
    ];
    for (const program of programs) {
      const found = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
      symlinkSync(found, host.path("tools", program));
    }
    const links = [{ path: "lifecycle/links", text: "/etc/one base.cfg\n/etc/two base.cfg\n" }];
    const only = { env: { PATH: host.path("tools") } };
    for (const [verb, text, code] of [
      ["apply", host.base("one\n", links), 0],
      ["apply", host.fragment("a", "a\n"), 0],
      ["apply", host.fragment("b", "a\n", "routes/a.cfg"), 1],
      ["remove", host.base("one\n", links), 0],
    ] as const) {
      const ended = await host.run([verb], text, only);
      assert.equal(ended.code, code, ended.stderr);
      assert.doesNotMatch(ended.stderr, /not found/);
    }
    assert.match((await host.run(["status"], "", only)).stdout, /parked a/);
    host.delete();
  });

  describe("uninstalled", () => {
    let host: SandboxHost;
    beforeEach(() => {
      host = new SandboxHost();
      mkdirSync(host.path("usr/local/lib/gatebox"), { recursive: true });
      writeFileSync(host.path("usr/local/lib/gatebox/unit.sh"), "");
    });
    afterEach(() => host.delete());

    it("leaves nothing", async () => {
      await host.apply(host.base("one\n"));
      await host.remove(host.base("one\n"));
      assert.equal((await host.run(["uninstall"])).code, 0);
      assert.deepEqual(
        ["usr/local/lib", "var/lib", "etc", "run"].map((each) => readdirSync(host.path(each))),
        [[], [], [], []],
      );
    });

    it("stays while units are there, live or parked", async () => {
      await host.apply(host.base("one\n"));
      await host.apply(host.fragment("a", "a\n"));
      for (const prepare of [() => Promise.resolve(), () => host.remove(host.base("one\n"))]) {
        await prepare();
        assert.match((await host.run(["uninstall"])).stdout, /^kept: .*edge\/ still has files/);
        assert.ok(existsSync(host.path("usr/local/lib/gatebox/unit.sh")));
      }
    });
  });
});
