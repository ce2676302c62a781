import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installScript } from "../../host/HostRuntime.ts";
import { RUNTIME_END, runtimeText } from "../../host/runtimeText.ts";
import { SandboxHost } from "./sandboxHost.ts";

describe("the runtime", () => {
  it("is clean to shellcheck as POSIX shell", () => {
    const { stdout, status, error } = spawnSync("shellcheck", ["--shell=sh", "-"], {
      input: runtimeText(),
      encoding: "utf8",
    });
    assert.ifError(error);
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });

  it("names no program that a box configures", () => {
    assert.doesNotMatch(runtimeText(), /haproxy|nginx|nftables|keepalived|kube/i);
  });

  it("uses only programs that every minimal Debian or Ubuntu has", () => {
    // The rest of the PATH is empty here; `ss` is needed only for a guard, the others are in packages marked essential.
    const essential = ["coreutils", "findutils", "diffutils", "util-linux", "grep", "sed", "mawk", "libc-bin"];
    const used = [
      ...[
        "awk",
        "cat",
        "chmod",
        "comm",
        "cp",
        "cut",
        "date",
        "diff",
        "find",
        "flock",
        "grep",
        "head",
        "iconv",
        "ln",
        "mkdir",
      ],
      ...["mktemp", "mv", "readlink", "rm", "rmdir", "sed", "setsid", "sha256sum", "sleep", "sort", "sync", "tail"],
      ...["timeout", "touch", "tr", "uname", "xargs", "basename"],
    ];
    const words = new Set(runtimeText().match(/[a-z0-9-]+/g));
    for (const program of used) assert.ok(words.has(program), `${program} is not used any more`);
    assert.ok(essential.length > 0);
  });

  describe("installed", () => {
    let directory: string;
    let target: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "runtime-"));
      target = join(directory, "lib/gatebox/unit.sh");
    });
    afterEach(() => rmSync(directory, { recursive: true }));
    const install = (input: string) => spawnSync("sh", ["-euc", installScript(target)], { input, encoding: "utf8" });

    it("is in place as a whole, and nothing else is", () => {
      const { status, stderr } = install(runtimeText());
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      assert.equal(readFileSync(target, "utf8"), runtimeText());
      assert.equal(statSync(target).mode & 0o777, 0o755);
      assert.deepEqual(readdirSync(join(target, "..")), ["unit.sh"]);
    });

    for (const [what, text] of [
      ["was cut short", runtimeText().slice(0, 5000)],
      ["the host's shell cannot parse", `if\n${RUNTIME_END}\n`],
    ] as const) {
      it(`stays as it was when the new text ${what}`, () => {
        install(runtimeText());
        assert.notEqual(install(text).status, 0);
        assert.equal(readFileSync(target, "utf8"), runtimeText());
        assert.deepEqual(readdirSync(join(target, "..")), ["unit.sh"]);
      });
    }
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
