import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const scripts = path.join(import.meta.dirname, "../../render/containerRuntime");

describe("render/containerRuntime: the kubelet's cgroup driver", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gatebox kubelet-"));
  const file = path.join(folder, "config.yaml");
  after(() => rmSync(folder, { recursive: true }));

  /** What is found where a process with these arguments stands in for the kubelet, with containerd of this major version. */
  function found(args: readonly string[], major = 1): string {
    // A kubelet to its arguments, which waits for nothing that comes.
    const kubelet = spawn("/bin/sh", ["-c", "read -r nothing", "kubelet", ...args]);
    try {
      const script = path.join(import.meta.dirname, "kubelet-driver.sh");
      const { stdout, stderr } = spawnSync("sh", [script, String(kubelet.pid), String(major)], {
        cwd: scripts,
        encoding: "utf8",
      });
      assert.equal(stderr, "");
      return stdout;
    } finally {
      kubelet.kill("SIGKILL");
    }
  }

  const says = (text: string, major = 1): string => {
    writeFileSync(file, text);
    return found([`--config=${file}`], major);
  };

  it("is read from its file, in YAML or JSON, with any quotes, and not from comments", () => {
    for (const text of [
      "cgroupDriver: systemd",
      'apiVersion: x\n"cgroupDriver" : "systemd"\n',
      "cgroupDriver: 'systemd' # as containerd\n",
      "# cgroupDriver: cgroupfs\ncgroupDriver: systemd\n",
      "# before, cgroupDriver: cgroupfs\n  cgroupDriver: systemd\n",
      '{"maxPods":60,"cgroupDriver":"systemd"}',
      '{ "cgroupDriver": "systemd", "maxPods": 60 }',
    ])
      assert.equal(says(text), `systemd (${file})`, text);
  });

  it("is its default where the file does not say: cgroupfs, and with containerd 2 nothing", () => {
    for (const text of ["", "maxPods: 60\n", "#cgroupDriver: systemd\n", "myCgroupDriver: systemd\n"]) {
      assert.equal(says(text), `cgroupfs (${file})`, text);
      assert.equal(says(text, 2), ` (${file})`, text);
    }
  });

  it("is read from the file that it was told of, in one word or in two, and from its own option first", () => {
    writeFileSync(file, "cgroupDriver: systemd\n");
    assert.equal(found(["--config", file]), `systemd (${file})`);
    assert.equal(found(["--v=2", "--config", file, "--node-ip=192.168.1.51"]), `systemd (${file})`);
    const option = "cgroupfs (its option --cgroup-driver)";
    assert.equal(found(["--cgroup-driver=cgroupfs", `--config=${file}`]), option);
    assert.equal(found([`--config=${file}`, "--cgroup-driver", "cgroupfs"]), option);
  });
});
