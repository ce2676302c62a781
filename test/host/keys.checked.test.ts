import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runtimeText } from "../../host/runtimeText.ts";

describe("the runtime's keys", () => {
  let root: string;
  const key = (): string => path.join(root, "var/lib/gatebox/keys/gluster.pem");

  before(() => {
    root = mkdtempSync(path.join(tmpdir(), "gatebox-keys-"));
    writeFileSync(path.join(root, "unit.sh"), runtimeText());
  });
  after(() => rmSync(root, { recursive: true }));

  function runtime(...args: readonly string[]) {
    const environment = { ...process.env, GATEBOX_ROOT: root };
    const answer = spawnSync("sh", [path.join(root, "unit.sh"), ...args], { encoding: "utf8", timeout: 30_000, env: environment }); // prettier-ignore
    return { code: answer.status, stdout: answer.stdout, stderr: answer.stderr };
  }

  it("are made once, for root alone, and only their public part is printed", () => {
    const first = runtime("key", "gluster");
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.equal(createPublicKey(first.stdout).asymmetricKeyType, "ed25519");
    assert.doesNotMatch(first.stdout, /PRIVATE/);
    assert.equal(statSync(key()).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(key())).mode & 0o777, 0o700);
    const made = readFileSync(key(), "utf8");
    assert.deepEqual(runtime("key", "gluster"), first);
    assert.equal(readFileSync(key(), "utf8"), made);
  });

  it("are no assembly to status", () => {
    assert.deepEqual(runtime("status"), { code: 0, stdout: "", stderr: "" });
  });

  it("are not made anew where one is damaged: who trusts it would not know", () => {
    const made = readFileSync(key(), "utf8");
    writeFileSync(key(), "nothing");
    const answer = runtime("key", "gluster");
    assert.equal(answer.code, 1);
    assert.match(answer.stderr, /is damaged: remove it/);
    assert.equal(readFileSync(key(), "utf8"), "nothing");
    writeFileSync(key(), made);
  });

  it("are forgotten, and nothing stays of them", () => {
    assert.equal(runtime("forget-key", "gluster").code, 0);
    assert.ok(!existsSync(path.dirname(key())));
    assert.equal(runtime("forget-key", "gluster").code, 0);
  });

  it("have names that are no paths", () => {
    for (const name of ["../x", "", "A", "a/b"]) assert.equal(runtime("key", name).code, 1, name);
  });
});
