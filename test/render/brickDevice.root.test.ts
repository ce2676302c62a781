import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const scripts = path.resolve(import.meta.dirname, "../../render/gluster");
/** Not what a run before has left behind: a brick is found by it wherever it is. */
const uuid = `${randomUUID().slice(0, -1)}f`;

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 120_000 });
  assert.equal(status, 0, `${command} ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

describe("the device of a brick", () => {
  let directory: string;
  let loops: string[] = [];

  // Each its own: what a test that failed has left mounted is not what its second try finds.
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "gatebox-bricks-"));
  });
  afterEach(() => {
    for (const loop of loops) spawnSync("umount", ["--all-targets", loop]);
    for (const loop of loops) run("losetup", "--detach", loop);
    loops = [];
    rmSync(directory, { recursive: true });
  });

  /** A loop device with nothing but zeros. */
  function device(mebibytes = 512): string {
    const file = path.join(directory, `${Math.random()}`);
    run("truncate", "--size", `${mebibytes}M`, file);
    const loop = run("losetup", "--find", "--show", "--partscan", file);
    loops.push(loop);
    return loop;
  }

  const said = (name: string, least = 0, own = ""): string =>
    run("sh", path.join(import.meta.dirname, "brick-device.sh"), scripts, name, String(least), own);
  const at = (loop: string, offset: number): void =>
    void run("sh", "-c", `echo precious | dd of=${loop} bs=1 seek=${offset} conv=notrunc status=none`);

  it("is fit when it is empty, and large enough", () => {
    assert.equal(said(device()), "");
    assert.equal(said(device(2048), 2), "");
  });

  it("is refused when it is missing, no device, or smaller than declared", () => {
    assert.match(said("/dev/gatebox-none"), /^is missing: attach it/);
    assert.equal(said("/dev/null"), "is no block device");
    assert.equal(said(device(1536), 2), "has 1 GiB, and at least 2 are declared");
    assert.equal(said(device(200)), "is smaller than 300 MiB, and XFS takes no less");
  });

  it("is refused with a partition table, a file system, or swap space on it", () => {
    const partitioned = device();
    // One partition of a PC's table: where it begins (2048) and how long it is, then the table's own mark.
    const table = String.raw`printf '\200\0\0\0\203\0\0\0\0\10\0\0\0\10\0\0' | dd of="$0" bs=1 seek=446 conv=notrunc status=none
      printf '\125\252' | dd of="$0" bs=1 seek=510 conv=notrunc status=none`;
    run("sh", "-c", table, partitioned);
    assert.match(said(partitioned), /^has (?:partitions|a partition table \(dos\)): /);
    const filled = device();
    run("mkfs.ext4", "-q", filled);
    assert.match(said(filled), /^has data \(ext4\): name a device that is empty/);
    const swap = device();
    run("mkswap", swap);
    assert.match(said(swap), /^has data \(swap\)/);
    const ofOthers = device();
    run("mkfs.xfs", "-q", ofOthers);
    assert.match(said(ofOthers, 0, uuid), /^has data \(xfs\)[^\n]*$/, "another's XFS is not ours");
  });

  it("is refused while it is mounted, with the place", () => {
    const loop = device();
    run("mkfs.ext4", "-q", loop);
    const place = mkdtempSync(path.join(directory, "mounted-"));
    run("mount", loop, place);
    assert.equal(said(loop), `is mounted at ${place}`);
  });

  it("is refused with data that no program knows, at its beginning and at its end", () => {
    for (const offset of [1000, 3_000_000, 512 * 1_048_576 - 100]) {
      const loop = device();
      at(loop, offset);
      assert.match(said(loop), /^has data \(no file system that blkid knows, but not zeros either\)/, String(offset));
    }
  });

  it("is known again by the UUID of its file system, under whatever name", () => {
    const [loop, other] = [device(), device()];
    run("mkfs.xfs", "-q", "-m", `uuid=${uuid}`, loop);
    assert.match(said(loop, 0, uuid), new RegExp(`\\n${loop}$`));
    assert.equal(said(other, 0, uuid).split("\n").at(-1), loop, "found beside the device that was declared");
  });

  /** Makes the bricks of a list in places of their own, by the very functions that hosts call. */
  function made(...devices: readonly string[]): readonly string[] {
    const places = devices.map((_, index) => path.join(directory, `brick-${index}`));
    const lines = devices.map((name, index) => `volume-${index} ${places[index]} ${uuidOf(index)} ${name} 0\n`);
    const list = path.join(directory, "bricks.list");
    writeFileSync(list, lines.join(""));
    run("sh", path.join(import.meta.dirname, "brick-make.sh"), scripts, list);
    return places;
  }
  const uuidOf = (index: number): string => `${uuid.slice(0, -1)}${index}`;
  const mountedFrom = (place: string): string => run("findmnt", "--noheadings", "--output", "SOURCE", place);

  it("becomes a brick, and so do all others of a host that has several new ones", () => {
    const loops = [device(), device()];
    for (const again of [false, true]) {
      const places = made(...loops);
      assert.deepEqual(places.map(mountedFrom), loops, String(again));
      for (const place of places) {
        assert.ok(existsSync(path.join(place, "brick")));
        assert.equal(existsSync(path.join(place, "brick/kept")), again, "nothing is made anew");
        writeFileSync(path.join(place, "brick/kept"), "");
      }
    }
  });

  it("becomes a brick though mkfs.xfs was killed half way, where it was ours", () => {
    const unfinished = (own: string): string => {
      const loop = device();
      run("mkfs.xfs", "-q", "-m", `uuid=${own}`, loop);
      run("xfs_db", "-x", "-c", "sb 0", "-c", "write inprogress 1", loop);
      return loop;
    };
    assert.throws(() => made(unfinished(randomUUID())), /has data \(xfs\)/);
    const ours = unfinished(uuidOf(0));
    assert.deepEqual(made(ours).map(mountedFrom), [ours]);
  });
});
