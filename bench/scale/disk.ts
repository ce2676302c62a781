/**
 * A disk for one host of the lab, as a host on a customer's site has one. The hosts of a lab share the machine's, and ext4
 * does not give the number of a deleted file away again for some minutes (`recently_deleted` in fs/ext4/ialloc.c): where
 * somebody has just deleted files by the thousand, such as `npm ci`, making a file takes a millisecond or more.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { execChecked } from "../../lab/hosts/exec.ts";
import { runChecked } from "../../lab/run.ts";
import type { Lab } from "../../lab/state.ts";

/** What the host's runtime keeps: the trees and what it is being sent. */
const STATE = "/var/lib/gatebox";

/** Major number of loop devices in the kernel's list of devices (admin-guide/devices.txt). */
const LOOP_MAJOR = 7;

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
    await execChecked(lab, host, "change over to a new disk", changeOver(minor), { timeoutSeconds: 120 });
  } finally {
    // The device goes when the last mount does; the image has no name from now on.
    await runChecked("let go of the disk", "losetup", ["--detach", device]);
    await rm(image, { force: true });
  }
}

function changeOver(minor: string): string {
  return `set -eu
    rm -f ${NODE} && mknod ${NODE} b ${LOOP_MAJOR} ${minor} && mkdir -p ${MOUNT}
    mount -t ext4 ${NODE} ${MOUNT} && rmdir ${MOUNT}/lost+found
    cp -a ${STATE}/. ${MOUNT}/ && sync -f ${MOUNT} && umount ${MOUNT}
    if mountpoint -q ${STATE}; then umount ${STATE}; fi
    mount -t ext4 ${NODE} ${STATE} && rm -f ${NODE} && rmdir ${MOUNT}`;
}

/** Gives the runtime its place on the host's own disk back, with what it has now. Nothing happens without a new disk. */
export async function takeNewDisk(lab: Lab, host: string): Promise<void> {
  const script = `set -eu
    mountpoint -q ${STATE} || exit 0
    rm -rf ${STATE}.bench && cp -a ${STATE} ${STATE}.bench
    umount ${STATE} && rm -rf ${STATE} && mv ${STATE}.bench ${STATE} && rm -f ${NODE}`;
  await execChecked(lab, host, "change back to the host's disk", script, { timeoutSeconds: 120 });
}
