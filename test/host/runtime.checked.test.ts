import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { runtimeText } from "../../host/runtimeText.ts";

describe("the runtime's text", () => {
  it("is clean to shellcheck as POSIX shell", () => {
    const { stdout, status, error } = spawnSync("shellcheck", ["--shell=sh", "-"], {
      input: runtimeText(),
      encoding: "utf8",
    });
    assert.ifError(error);
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });
});
