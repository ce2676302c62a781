import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

describe("render/containerRuntime: logging in by token", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gatebox-login-"));
  after(() => rmSync(folder, { recursive: true }));

  /** What is said, and where the password went, with a registry that sends for tokens there. */
  function login(realm: string): { readonly stderr: string; readonly asked: string } {
    const [file, asked] = [path.join(folder, "login.curl"), path.join(folder, "asked")];
    writeFileSync(file, '# token https://git.box/v2/\nuser = "deploy:SECRET"\n');
    rmSync(asked, { force: true });
    const script = path.join(import.meta.dirname, "registry-login.sh");
    const cwd = path.join(import.meta.dirname, "../../render/containerRuntime");
    const { stderr } = spawnSync("sh", [script, file, realm, asked], { cwd, encoding: "utf8" });
    return { stderr, asked: existsSync(asked) ? readFileSync(asked, "utf8") : "" };
  }

  it("takes the password to where the registry says, by TLS", () => {
    assert.deepEqual(login("https://git.box/jwt/auth"), { stderr: "", asked: "https://git.box/jwt/auth\n" });
  });

  it("takes it nowhere else, and no option of curl's for an address", () => {
    for (const realm of [
      "http://git.box/jwt/auth",
      "HTTP://git.box",
      "git.box/jwt",
      "-o/etc/x",
      "file:///etc/passwd",
      "//git.box",
    ]) {
      const { stderr, asked } = login(realm);
      assert.match(stderr, /^https:\/\/git\.box\/v2\/ sends for tokens where there is no TLS/, realm);
      assert.equal(asked, "", realm);
      assert.doesNotMatch(stderr, /SECRET/);
    }
  });
});
