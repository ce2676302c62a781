/**
 * A disk for one host of the lab, as a host on a customer's site has one. The hosts of a lab share the machine's, and ext4
 * does not give the number of a deleted file away again for some minutes (`recently_deleted` in fs/ext4/ialloc.c): where
 * somebody has just deleted files by the thousand, such as `npm ci`, making a file takes a millisecond or more.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { execChecked } from "../../lab/hosts/exec.ts";
import { runChecked } from "../../lab/run.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import type { Lab } from "../../lab/state.ts";

/** What the host's runtime keeps: the trees and what it is being sent. */
const STATE = "/var/lib/gatebox";

/** Where a disk is filled before it takes the place of the one before. */
const MOUNT = "/run/gatebox-bench-disk";

/** A device node may not stand in /run. */
const NODE = "/root/gatebox-bench-disk";

/** Gives the runtime of a host a new disk, with what it has on the present one. */
export async function giveNewDisk(lab: Lab, host: string): Promise<void> {
  const image = path.join(lab.directory, "bench-disk.img");
  await rm(image, { force: true });
  await runChecked("make a disk", "truncate", ["-s", "1G", image]);
  await runChecked("make a disk", "mkfs.ext4", ["-q", image]);
  const { stdout } = await runChecked("make a disk", "losetup", ["--find", "--show", image]);
  const device = stdout.trim();
  try {
    const minor = device.replace(/^\D+/, "");
    const script = scriptFile(import.meta.dirname, "disk-over.sh");
    const options = { args: [STATE, NODE, MOUNT, minor], timeoutSeconds: 120 };
    await execChecked(lab, host, "change over to a new disk", script, options);
  } finally {
    // The device goes when the last mount does; the image has no name from now on.
    await runChecked("let go of the disk", "losetup", ["--detach", device]);
    await rm(image, { force: true });
  }
}

/** Gives the runtime its place on the host's own disk back, with what it has now. Nothing happens without a new disk. */
export async function takeNewDisk(lab: Lab, host: string): Promise<void> {
  const script = scriptFile(import.meta.dirname, "disk-back.sh");
  const options = { args: [STATE, NODE], timeoutSeconds: 120 };
  await execChecked(lab, host, "change back to the host's disk", script, options);
}
