/**
 * Power for the hosts: a host is a systemd-nspawn(1) container that boots a real systemd on its own disk, in its own
 * network namespace. Whether it runs is read from the kernel, never from a file that could be wrong.
 */
import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../inventory.ts";
import { plugInHost, unplugHost } from "../network/switch.ts";
import { hostDirectory, namespaceOf, namespacePath, type Lab } from "../state.ts";
import { addCgroups, killProcessesOf, processesOf, readHierarchies, removeCgroups, signalQuietly } from "./cgroups.ts";
import { diskOf, type Disk } from "./disk.ts";
import { attachSpareDisks, detachDisksUnder, deviceNodes } from "./spareDisks.ts";

/** Seconds until a container's first process must be there: mounts and namespaces, milliseconds on a quiet machine. */
const START_SECONDS = 60;

/** Seconds that a host has to shut down in order: systemd gives a service 90 s, but those of the lab end within ten. */
const STOP_SECONDS = 30;

/** Joins its control groups, mounts its disk where no one else sees it and becomes the container. */
const LAUNCH = join(import.meta.dirname, "launch.sh");

/** System calls that container runtimes inside the host need beyond what systemd-nspawn allows. */
const SYSTEM_CALLS = "keyctl add_key bpf perf_event_open @mount @module";

/**
 * Switches a host on: cables, control groups, container. Returns as soon as its first process runs; it has not booted
 * then. A host that runs is left alone.
 *
 * @throws with the end of the console when the container does not start
 */
export async function startHost(lab: Lab, host: LabHost): Promise<void> {
  if ((await leaderOf(lab, host.name)) !== undefined) {
    return;
  }
  await killHost(lab, host);
  await plugInHost(lab, host);
  const disk = await diskOf(lab, host);
  await writeDeviceNodes(disk, deviceNodes(await attachSpareDisks(lab, host)));
  const cgroups = await addCgroups(lab, host.name);
  await mkdir(kubernetesPrograms(lab), { recursive: true });
  // An overlay that skips fsync refuses to be mounted again after a power cut. The machine itself had none: its files are whole.
  await rm(join(disk.work, "work/incompat"), { recursive: true, force: true });
  const { unified } = await readHierarchies();
  const console = await open(consolePath(lab, host), "w");
  try {
    const child = spawn("sh", [LAUNCH, ...nspawnArguments(lab, host, disk.root, disk.containerd)], {
      detached: true,
      stdio: ["ignore", console.fd, console.fd],
      env: {
        PATH: process.env["PATH"],
        CGROUPS: cgroups.join(" "),
        NAME: machineName(lab, host.name),
        LOWER: disk.lower,
        UPPER: disk.upper,
        WORK: disk.work,
        ROOT: disk.root,
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: unified ? "1" : "0",
        SYSTEMD_NSPAWN_API_VFS_WRITABLE: "1",
        SYSTEMD_NSPAWN_LOCK: "0",
      },
    });
    child.unref();
    await waitForLeader(lab, host, () => child.exitCode !== null || child.signalCode !== null);
  } finally {
    await console.close();
  }
}

/**
 * Directory on the machine that every host of the lab's cluster sees as /opt/kubernetes. Empty while hosts boot: the
 * programs may still be in the making then.
 */
export function kubernetesPrograms(lab: Lab): string {
  return join(lab.directory, "kubernetes");
}

/** Shuts a host down in order, and switches it off if that takes longer than {@link STOP_SECONDS}. */
export async function stopHost(lab: Lab, host: LabHost): Promise<void> {
  const supervisor = await supervisorOf(lab, host.name);
  if (supervisor !== undefined) {
    // systemd-nspawn passes this on as the signal that asks systemd to power off.
    signalQuietly(supervisor, "SIGTERM");
    const deadline = Date.now() + STOP_SECONDS * 1000;
    while ((await supervisorOf(lab, host.name)) !== undefined && Date.now() < deadline) {
      await sleep(100);
    }
  }
  await killHost(lab, host);
}

/** Cuts a host's power: every process ends at once, its cables go dead, its disk keeps what was written. */
export async function killHost(lab: Lab, host: LabHost): Promise<void> {
  await killProcessesOf(lab, host.name);
  await unplugHost(lab, host);
  await removeCgroups(lab, host.name);
  await detachDisksUnder(hostDirectory(lab, host.name));
  const machine = machineName(lab, host.name);
  // What systemd-nspawn leaves on the machine when it cannot tidy up itself.
  await rm(join("/run/systemd/nspawn/propagate", machine), { recursive: true, force: true });
}

/**
 * The process on this machine that is the host's first one (its systemd), or undefined while the host is off.
 *
 * @example
 * const leader = await leaderOf(lab, "gateway-1"); // 41234
 */
export async function leaderOf(lab: Lab, host: string): Promise<number | undefined> {
  const supervisor = await supervisorOf(lab, host);
  if (supervisor === undefined) {
    return undefined;
  }
  const children = await readFile(`/proc/${supervisor}/task/${supervisor}/children`, "utf8").catch(() => "");
  for (const pid of children.trim().split(" ")) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    // Number 1 in the innermost of its process namespaces.
    if (/^NSpid:(\s+\d+)+\s+1$/m.test(status)) {
      return Number(pid);
    }
  }
  return undefined;
}

/** The end of what a host wrote on its console since it was switched on. */
export async function consoleTail(lab: Lab, host: LabHost): Promise<string> {
  const text = await readFile(consolePath(lab, host), "utf8").catch(() => "");
  return text.trim().split("\n").slice(-15).join("\n");
}

async function supervisorOf(lab: Lab, host: string): Promise<number | undefined> {
  for (const pid of await processesOf(lab, host)) {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.trim() !== "systemd-nspawn") {
      continue;
    }
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.split("\0").includes(`--machine=${machineName(lab, host)}`)) {
      return pid;
    }
  }
  return undefined;
}

/** Anew at every start: the machine's loop devices are numbered as they come. */
async function writeDeviceNodes(disk: Disk, content: string): Promise<void> {
  const directory = join(disk.upper, "etc/tmpfiles.d");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "lab-devices.conf"), content);
}

function nspawnArguments(lab: Lab, host: LabHost, root: string, containerd: string): readonly string[] {
  const network = namespacePath(namespaceOf(lab, host.name));
  const forContainers = [
    "--bind-ro=/dev/kmsg",
    `--bind=${containerd}:/var/lib/containerd`,
    `--bind-ro=${kubernetesPrograms(lab)}:/opt/kubernetes`,
  ];
  return [
    "--quiet",
    "--register=no",
    "--keep-unit",
    "--settings=no",
    "--link-journal=no",
    "--resolv-conf=off",
    "--timezone=off",
    `--directory=${root}`,
    `--machine=${machineName(lab, host.name)}`,
    `--hostname=${host.name}`,
    `--network-namespace-path=${network}`,
    "--capability=all",
    `--system-call-filter=${SYSTEM_CALLS}`,
    "--kill-signal=SIGRTMIN+4",
    "--console=read-only",
    ...(host.kubernetes ? forContainers : []),
    "--boot",
  ];
}

function machineName(lab: Lab, host: string): string {
  return namespaceOf(lab, host);
}

function consolePath(lab: Lab, host: LabHost): string {
  return join(hostDirectory(lab, host.name), "console.log");
}

async function waitForLeader(lab: Lab, host: LabHost, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while ((await leaderOf(lab, host.name)) === undefined) {
    if (hasEnded() || Date.now() > deadline) {
      const how = hasEnded() ? "ended while it was starting" : `has not started after ${START_SECONDS} s`;
      throw new Error(`host ${host.name}: the container ${how}:\n${await consoleTail(lab, host)}`);
    }
    await sleep(50);
  }
}
