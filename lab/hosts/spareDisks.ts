/**
 * Disks of a host beside the one that it boots from, empty until somebody makes a file system on them: files of the lab
 * behind loop devices of the machine. What is on them survives a power cut.
 */
import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../inventory.ts";
import { run, runChecked } from "../run.ts";
import { hostDirectory, type Lab } from "../state.ts";

/** Bytes of each; the files are sparse, so what nobody writes takes no space. XFS wants 300 MiB at the least. */
export const SPARE_DISK_BYTES = 2 * 2 ** 30;

/** A loop device is let go with the last mount of it, which the kernel ends some time after the last process. */
const RELEASE_SECONDS = 20;

/** Major numbers of the kernel's (Linux, admin-guide/devices.txt). */
const LOOP_MAJOR = 7;
const FUSE = { major: 10, minor: 229 } as const;

/** A spare disk of a host that is on. */
export interface AttachedDisk {
  /** What the host calls it: `vdb`. */
  readonly name: string;
  /** Number of the machine's loop device that it is. */
  readonly loop: number;
}

/**
 * The names of a host's spare disks, as a virtual machine would have them after the disk that it boots from.
 *
 * @example
 * spareDisksOf(hostNamed("gateway-3")); // ["vdb", "vdc"]
 */
export function spareDisksOf(host: LabHost): readonly string[] {
  return Array.from({ length: host.spareDisks }, (_, n) => `vd${String.fromCharCode("b".charCodeAt(0) + n)}`);
}

/** Why this machine has no loop devices for us, in losetup's words; undefined where it has. */
export async function loopDeviceTrouble(): Promise<string | undefined> {
  const { code, stderr } = await run("losetup", ["--find"], { timeoutSeconds: 30 });
  return code === 0 ? undefined : stderr.trim();
}

/** Attaches the spare disks of a host that is about to be switched on; none where the machine has no loop devices. */
export async function attachSpareDisks(lab: Lab, host: LabHost): Promise<readonly AttachedDisk[]> {
  const names = spareDisksOf(host);
  if (names.length === 0 || (await loopDeviceTrouble()) !== undefined) return [];
  const attached: AttachedDisk[] = [];
  for (const name of names) {
    const file = await ensureFile(join(hostDirectory(lab, host.name), "spare-disks"), name);
    const what = `attach the disk ${name} of ${host.name}`;
    const { stdout } = await runChecked(what, "losetup", ["--find", "--show", file], { timeoutSeconds: 30 });
    attached.push({ name, loop: Number(/^\/dev\/loop(\d+)$/m.exec(stdout)?.[1]) });
  }
  return attached;
}

/**
 * The device nodes that a host makes at boot, beside those of systemd-nspawn(1), as tmpfiles.d(5) has them: its spare
 * disks, under the kernel's own names too, by which the kernel describes them in /sys; and what FUSE is mounted through.
 */
export function deviceNodes(disks: readonly AttachedDisk[]): string {
  const lines = [
    `c! /dev/fuse 0666 root root - ${FUSE.major}:${FUSE.minor}`,
    ...disks.flatMap(({ name, loop }) => [
      `b! /dev/loop${loop} 0660 root disk - ${LOOP_MAJOR}:${loop}`,
      `L+! /dev/${name} - - - - loop${loop}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Detaches every loop device behind which a file below the directory is, also one that has been removed meanwhile.
 *
 * @throws when one is still in use after {@link RELEASE_SECONDS}
 */
export async function detachDisksUnder(directory: string): Promise<void> {
  for (const device of await loopDevicesUnder(directory)) {
    await run("losetup", ["--detach", device], { timeoutSeconds: 30 });
  }
  for (let attempt = 0; attempt < RELEASE_SECONDS * 20; attempt += 1) {
    if ((await loopDevicesUnder(directory)).length === 0) return;
    await sleep(50);
  }
  const left = await loopDevicesUnder(directory);
  throw new Error(`${left.join(", ")}: still in use ${RELEASE_SECONDS} s after the last process of the host has ended`);
}

/** Loop devices by the files behind them, as the kernel tells. */
export async function loopDevicesUnder(directory: string): Promise<readonly string[]> {
  const names = (await readdir("/sys/block").catch(() => [])).filter((name) => /^loop\d+$/.test(name));
  const found = names.map(async (name) => {
    const file = await readFile(join("/sys/block", name, "loop/backing_file"), "utf8").catch(() => "");
    return file.startsWith(`${directory}/`) ? [`/dev/${name}`] : [];
  });
  return (await Promise.all(found)).flat();
}

async function ensureFile(directory: string, name: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(join(directory, name), "a");
  try {
    if ((await file.stat()).size < SPARE_DISK_BYTES) await file.truncate(SPARE_DISK_BYTES);
  } finally {
    await file.close();
  }
  return join(directory, name);
}
