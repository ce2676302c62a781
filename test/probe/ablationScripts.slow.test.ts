import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dropIn, edited, type Step } from "../faults/ablations/ablation.ts";

describe("the scripts of ablations", () => {
  it("write drop-ins for the service that is named, and take them away", () => {
    const { remove, restore } = dropIn("b", ["Restart=no", "ExecStopPost="]);
    withDirectory((directory) => {
      const file = path.join(directory, "b.service.d/zz-ablation.conf");
      for (const step of remove) run(step, ["/run/systemd/system", directory], ["systemctl daemon-reload", ":"]);
      assert.equal(readFileSync(file, "utf8"), "[Service]\nRestart=no\nExecStopPost=\n");
      // The second time there is none to take away.
      for (const step of [...restore, ...restore])
        run(step, ["/run/systemd/system", directory], ["systemctl daemon-reload", ":"]);
      assert.equal(existsSync(file), false);
    });
  });

  it("put files back as they were before an interrupted run, too", () => {
    withDirectory((directory) => {
      const tree = path.join(directory, "vip");
      const file = path.join(tree, "one.conf");
      mkdirSync(tree);
      writeFileSync(file, "good\n");
      const { remove, restore } = edited(tree, "*.conf", "s/good/bad/", ["true"]);
      // Never edited: nothing is put back, and that is no error.
      restore.forEach((step) => run(step));
      remove.forEach((step) => run(step));
      assert.equal(readFileSync(file, "utf8"), "bad\n");
      // The run before was cut off here: it has put nothing back.
      remove.forEach((step) => run(step));
      restore.forEach((step) => run(step));
      assert.equal(readFileSync(file, "utf8"), "good\n");
      restore.forEach((step) => run(step));
      assert.equal(readFileSync(file, "utf8"), "good\n");
      assert.deepEqual(readdirSync(tree), ["one.conf"]);
    });
  });

  it("fail where an edit changes nothing", () => {
    withDirectory((directory) => {
      writeFileSync(path.join(directory, "one.conf"), "good\n");
      const [edit] = edited(directory, "*.conf", "s/missing/bad/", ["true"]).remove;
      assert.throws(() => run(edit!), /nothing was changed/);
    });
  });

  it("have a program read again what is edited and put back", () => {
    withDirectory((directory) => {
      writeFileSync(path.join(directory, "one.conf"), "good\n");
      const { remove, restore } = edited(directory, "*.conf", "s/good/bad/", ["cp", "one.conf", "read"]);
      const read: string[] = [];
      for (const step of [...remove, ...restore]) {
        run(step);
        read.push(readFileSync(path.join(directory, "read"), "utf8"));
      }
      assert.deepEqual(read, ["bad\n", "good\n"]);
    });
  });
});

/** Runs a step here, with parts of its script replaced. @throws AssertionError with its words when it fails */
function run({ script, args }: Step, ...replaced: readonly (readonly [string, string])[]): void {
  const text = replaced.reduce((before, [from, to]) => before.replaceAll(from, to), script);
  const { status, stderr } = spawnSync("sh", ["-c", text, "sh", ...args], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

function withDirectory(use: (directory: string) => void): void {
  const directory = mkdtempSync(path.join(tmpdir(), "gatebox-ablations-"));
  try {
    use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
