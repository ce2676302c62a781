import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installCommand } from "../../host/HostRuntime.ts";
import { RUNTIME_END, runtimeText } from "../../host/runtimeText.ts";

describe("the runtime", () => {
  it("names no program that a box configures", () => {
    assert.doesNotMatch(runtimeText(), /haproxy|nginx|nftables|keepalived|kube/i);
  });

  describe("installed", () => {
    let directory: string;
    let target: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "runtime-"));
      target = join(directory, "lib/gatebox/unit.sh");
    });
    afterEach(() => rmSync(directory, { recursive: true }));
    const install = (input: string) =>
      spawnSync("sh", ["-c", installCommand(target)], {
        input,
        encoding: "utf8",
        env: { ...process.env, GATEBOX_ROOT: directory },
      });

    it("is in place as a whole, and nothing else is", () => {
      const { status, stderr } = install(runtimeText());
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      assert.equal(readFileSync(target, "utf8"), runtimeText());
      assert.equal(statSync(target).mode & 0o777, 0o755);
      assert.deepEqual(readdirSync(join(target, "..")), ["unit.sh"]);
    });

    for (const [what, text] of [
      ["was cut short", runtimeText().slice(0, runtimeText().indexOf("\n# ---- The payload"))],
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
});
