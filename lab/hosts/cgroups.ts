/**
 * Control groups of the lab: each host has one of its own in every hierarchy, so that its systemd finds an empty tree to
 * manage and so that every process of a host can be found, whatever became of the one that started it.
 */
import { access, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../state.ts";

/** Name of the group that all labs are in. */
const TOP = "gatebox-lab";

/** Where the machine's hierarchies are mounted: several with version 1, one with version 2. */
interface Hierarchies {
  readonly unified: boolean;
  readonly mounts: readonly string[];
}

/**
 * The machine's hierarchies: version 1 where any controller is mounted so. A version 2 without controllers beside them
 * counts too: systemd-nspawn puts its own group below the one it finds itself in there, for all hosts the same otherwise.
 */
export async function readHierarchies(): Promise<Hierarchies> {
  const lines = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  const mountsOf = (type: string): string[] =>
    lines
      .filter((fields) => fields[2] === type && fields[1]?.startsWith("/sys/fs/cgroup"))
      .map(([, path]) => path ?? "");
  const [legacy, unified] = [mountsOf("cgroup"), mountsOf("cgroup2")];
  return { unified: legacy.length === 0, mounts: [...legacy, ...unified] };
}

/**
 * Makes the groups of one part of the lab (a host, or `operator`).
 *
 * @returns the files into which a process writes its number to join them
 */
export async function addCgroups(lab: Lab, part: string): Promise<readonly string[]> {
  const { unified, mounts } = await readHierarchies();
  for (const mount of mounts) {
    let above = mount;
    for (const name of [TOP, lab.name, part]) {
      await (unified ? passControllersOn(above) : Promise.resolve());
      const group = join(above, name);
      await mkdir(group, { recursive: true });
      await takeOverCpuset(above, group);
      above = group;
    }
  }
  return mounts.map((mount) => join(mount, TOP, lab.name, part, "cgroup.procs"));
}

/** Every process in the groups of a part of the lab, or of the whole lab. */
export async function processesOf(lab: Lab, part = ""): Promise<readonly number[]> {
  const { mounts } = await readHierarchies();
  const groups = (await Promise.all(mounts.map((mount) => groupsUnder(join(mount, TOP, lab.name, part))))).flat();
  const lists = await Promise.all(groups.map((group) => readFile(join(group, "cgroup.procs"), "utf8").catch(() => "")));
  const pids = lists
    .join("\n")
    .split("\n")
    .filter((line) => line !== "");
  return [...new Set(pids)].map(Number).filter((pid) => pid > 0);
}

/**
 * Kills every process in the groups and waits until none is left.
 *
 * @throws when some are still there after ten seconds: the kernel is then waiting for a device or a mount
 */
export async function killProcessesOf(lab: Lab, part = ""): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const pids = await processesOf(lab, part);
    if (pids.length === 0) {
      return;
    }
    pids.forEach((pid) => signalQuietly(pid, "SIGKILL"));
    await sleep(100);
  }
  const left = await processesOf(lab, part);
  throw new Error(`lab ${lab.name}: processes ${left.join(", ")} of ${part || "the lab"} do not end after SIGKILL`);
}

/** Removes the groups, deepest first; the group of all labs goes with the last of them. */
export async function removeCgroups(lab: Lab, part = ""): Promise<void> {
  const { mounts } = await readHierarchies();
  for (const mount of mounts) {
    for (const group of (await groupsUnder(join(mount, TOP, lab.name, part))).reverse()) {
      await removeGroup(group);
    }
    await rmdir(join(mount, TOP)).catch(() => undefined);
  }
}

/** Sends a signal to a process that may have ended meanwhile. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

/** A group whose last process has just ended is busy for a moment. */
async function removeGroup(group: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      await rmdir(group);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") {
        return;
      }
      if (code !== "EBUSY") {
        throw error;
      }
      await sleep(50);
    }
  }
  throw new Error(`the control group ${group} is still in use`);
}

/** The group and all below it, each after the one that it is in. */
async function groupsUnder(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => undefined);
  if (!entries) {
    return [];
  }
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => groupsUnder(join(group, entry.name)));
  return [group, ...(await Promise.all(below)).flat()];
}

/** Version 1: a new cpuset group has no processor and takes no process until it is given some. */
async function takeOverCpuset(above: string, group: string): Promise<void> {
  if (!(await isThere(join(group, "cpuset.cpus"))) || !(await isThere(join(group, "cgroup.clone_children")))) {
    return;
  }
  await writeFile(join(group, "cgroup.clone_children"), "1");
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    if ((await readFile(join(group, name), "utf8")).trim() === "") {
      await writeFile(join(group, name), await readFile(join(above, name), "utf8"));
    }
  }
}

/** Version 2: a group has only the controllers that the group above passes on. */
async function passControllersOn(group: string): Promise<void> {
  const available = (await readFile(join(group, "cgroup.controllers"), "utf8")).trim().split(" ");
  for (const controller of available.filter((name) => name !== "")) {
    await writeFile(join(group, "cgroup.subtree_control"), `+${controller}`).catch((error: unknown) => {
      throw new Error(`cgroup: ${dirname(group)} does not pass on "${controller}": ${String(error)}`);
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
