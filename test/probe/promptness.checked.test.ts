import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";

describe("a measuring program", () => {
  it("measures all the same where nobody may put it before all others", () => {
    const module = path.join(import.meta.dirname, "../faults/probe/promptness.ts");
    const script = `const { beFirst } = await import(${JSON.stringify(module)}); beFirst(); console.log("goes on");`;
    // Whoever is root in a user namespace only has no CAP_SYS_NICE.
    const args = ["-r", process.execPath, "--input-type=module", "-e", script];
    const { status, stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8", timeout: 15_000 });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "goes on\n" }, stderr);
  });
});
