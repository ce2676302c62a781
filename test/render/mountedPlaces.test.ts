import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const scripts = path.resolve(import.meta.dirname, "../../render/sharedMounts");

describe("what asks a mounted volume", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "gatebox-mounted-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Puts a program of that name before the machine's own. */
  function program(name: string, text: string): void {
    const file = path.join(directory, name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  function ask(call: string): { readonly code: number | null; readonly seconds: number; readonly said: string } {
    const begun = Date.now();
    const { status, stdout, stderr } = spawnSync("sh", ["-euc", `. ./client.sh; . ./mounted.sh; ${call}`], {
      cwd: scripts,
      encoding: "utf8",
      timeout: 30_000,
      env: { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` },
    });
    return { code: status, seconds: (Date.now() - begun) / 1000, said: `${stdout}${stderr}` };
  }

  it("is told whether it answers", () => {
    assert.deepEqual([ask("bounded 5 true").code, ask("bounded 5 false").code, ask("answers /").code], [0, 1, 0]);
  });

  it("is never waited for, though KILL does not end what the kernel holds, and timeout waits for that", () => {
    // The kernel's hold on a process cannot be made here; what `timeout` does then can: it does not return.
    program("timeout", "exec sleep 20");
    const { code, seconds } = ask("bounded 1 stat /");
    assert.equal(code, 1);
    assert.ok(seconds < 5, `${seconds} s`);
  });

  it("has a client that runs where GlusterFS was started for just that place", async () => {
    const places = ["volume", "volume-2", "with a space"].map((name) => path.join(directory, name));
    for (const place of places) writeFileSync(place, "");
    const runs = (place: string): boolean => ask(`client_runs '${place}'`).code === 0;
    const found = async (program: string, ...words: string[]): Promise<boolean[]> => {
      const client = spawn("tail", ["-f", ...words], { argv0: program, stdio: "ignore" });
      await once(client, "spawn");
      try {
        return places.map(runs);
      } finally {
        client.kill();
        await once(client, "exit");
      }
    };
    const [volume = "", other = "", spaced = ""] = places;
    assert.deepEqual(await found("/usr/sbin/glusterfs", volume), [true, false, false]);
    assert.deepEqual(await found("/usr/sbin/glusterfs", volume, other), [false, true, false]);
    assert.deepEqual(await found("/usr/sbin/glusterfs", spaced), [false, false, true]);
    assert.deepEqual(await found("/usr/bin/tail", volume), [false, false, false]);
    assert.deepEqual(places.map(runs), [false, false, false]);
  });

  it("is unmounted beside all others: those that take long do so at once, and those in use are said", () => {
    const list = path.join(directory, "mounts.list");
    const names = ["one", "two", "three"];
    writeFileSync(list, names.map((name) => `${name}.mount ${directory}/${name} gluster x -\n`).join(""));
    const replaced = `bounded() { return 0; }; mounted_at() { echo x; }; unmount() { sleep 1; [ "$1" != two.mount ]; }`;
    const { code, seconds, said } = ask(`${replaced}; unmount_all ${list}`);
    assert.deepEqual([code, said], [0, `${directory}/two\n`]);
    assert.ok(seconds < 2.5, `${seconds} s`);
  });
});
