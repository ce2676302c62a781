import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";

const project = path.resolve(import.meta.dirname, "../..");

describe("the API reference", function () {
  // The compiler reads the types of Kubernetes: eight seconds, several times that on a busy machine.
  this.timeout(180_000);

  it("says something of every public name, and names nothing that it does not have", () => {
    const args = ["node_modules/typedoc/bin/typedoc", "--emit", "none"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8", timeout: 170_000 }); // prettier-ignore
    assert.equal(status, 0, stdout + stderr);
  });
});
