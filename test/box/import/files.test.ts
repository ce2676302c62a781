import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { importInventory, InventoryError } from "../../../box/import/importInventory.ts";
import { importChanged } from "./importing.ts";

describe("files that are no inventory", () => {
  it("are all named in one error", () => {
    const files = [
      { path: "hosts.yml", text: "all:\n  hosts: [\n" },
      { path: "hosts.ini", text: "[kube_gateway_pool]\ngateway-1\n" },
      { path: "sound.yml", text: "all:\n" },
    ];
    assert.throws(
      () => importInventory(files),
      (error: Error) => {
        assert.ok(error instanceof InventoryError);
        assert.match(error.message, /^hosts\.yml: .* at line 3, column 1:?\nhosts\.ini: .*$/);
        return true;
      },
    );
  });

  it("are told how to become one", () => {
    const notMapping = () => importInventory([{ path: "hosts", text: "gateway-1\ngateway-2\n" }]);
    assert.throws(notMapping, /^Error: hosts: is no mapping; "ansible-inventory --list --yaml" writes/);
  });
});

describe("npm run import", () => {
  const main = path.join(import.meta.dirname, "../../../box/import/main.ts");
  const inventory = path.join(import.meta.dirname, "inventory");
  let scratch: string;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [main, ...args], {
      cwd: scratch,
      env: { ...process.env, INIT_CWD: scratch },
      encoding: "utf8",
      // A start of Node and a second's work, on a machine that is busy.
      timeout: 15_000,
    });

  before(() => (scratch = mkdtempSync(path.join(tmpdir(), "gatebox-import-"))));
  after(() => rmSync(scratch, { recursive: true }));

  it("writes the stack file where the person is, and tells on standard error", () => {
    const { status, stdout, stderr } = run("--name", "old", inventory);
    assert.deepEqual([status, stdout], [0, ""]);
    assert.match(
      stderr,
      /^To fill in or to look at .*:\n {2}networks\.public-network: .*Left behind:\n.*Pulumi\.old\.yaml is written\.\n$/s,
    );
    const config = (text: string) => text.slice(text.indexOf("config:"));
    // A directory gives its files in another order, which the sections do not show.
    assert.equal(config(readFileSync(path.join(scratch, "Pulumi.old.yaml"), "utf8")), config(importChanged().text));
  });

  it("does not overwrite a stack file", () => {
    writeFileSync(path.join(scratch, "Pulumi.mine.yaml"), "config: {}\n");
    const { status, stderr } = run("--name", "mine", inventory);
    assert.equal(status, 1);
    assert.match(stderr, /EEXIST.*Pulumi\.mine\.yaml.*\nNothing is written\.\n$/);
    assert.equal(readFileSync(path.join(scratch, "Pulumi.mine.yaml"), "utf8"), "config: {}\n");
  });

  it("says what cannot be read", () => {
    const { status, stderr } = run("--name", "new", "nowhere.yml");
    assert.equal(status, 1);
    assert.match(stderr, /ENOENT.*nowhere\.yml/);
  });

  for (const args of [
    [],
    ["--name", "old"],
    [inventory],
    ["--name", "../x", inventory],
    ["--nmae", "old", inventory],
  ]) {
    it(`explains itself: ${args.map((arg) => path.basename(arg)).join(" ")}`, () => {
      const { status, stderr } = run(...args);
      assert.equal(status, 2);
      assert.match(stderr, /npm run import -- --name STACK FILE…/);
    });
  }
});
