/**
 * Settings of the machine's kernel that the lab must change or that its hosts change for all: their previous values are kept
 * in a file while any lab is up and put back when the last one goes.
 */
import { access, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { run } from "./run.ts";
import { LABS_DIRECTORY, writeAtomically } from "./state.ts";

const NETNS_DIRECTORY = "/run/netns";

/** Set by the lab. The kernel's defaults of inotify suffice for one systemd, not for fourteen beside kubelets. */
const WANTED: Readonly<Record<string, number>> = {
  "net/ipv4/ip_forward": 1,
  "fs/inotify/max_user_instances": 8192,
  "fs/inotify/max_user_watches": 524288,
};

/** Set by the kubelet and by systemd-sysctl of the hosts, which believe that they have a machine of their own. */
const CHANGED_BY_HOSTS: readonly string[] = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
  "fs/protected_fifos",
  "fs/protected_hardlinks",
  "fs/protected_regular",
  "fs/protected_symlinks",
];

/** What systemd-nspawn makes for its containers; empty, they are nobody's. */
const NSPAWN_DIRECTORIES: readonly string[] = ["/run/systemd/nspawn/propagate", "/run/systemd/nspawn"];

const keptSchema = z.object({
  settings: z.record(z.string(), z.string()),
  /** Whether the machine had a directory for network namespaces before any lab. */
  hadNamespaces: z.boolean(),
});

/** Keeps what the machine has now, unless another lab did so before, and sets what the lab needs. */
export async function changeMachineSettings(): Promise<void> {
  if ((await readKept()) === undefined) {
    const names = [...Object.keys(WANTED), ...CHANGED_BY_HOSTS];
    const values = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
    const settings = Object.fromEntries(values.filter(([, value]) => value !== undefined));
    const hadNamespaces = await access(NETNS_DIRECTORY).then(
      () => true,
      () => false,
    );
    await writeAtomically(keptPath(), `${JSON.stringify({ settings, hadNamespaces }, undefined, 2)}\n`);
  }
  for (const [name, wanted] of Object.entries(WANTED)) {
    if (Number(await read(name)) < wanted) {
      await writeFile(join("/proc/sys", name), String(wanted));
    }
  }
}

/** Puts the previous values back. For the last lab of the machine. */
export async function restoreMachineSettings(): Promise<void> {
  const kept = await readKept();
  if (!kept) {
    return;
  }
  for (const [name, value] of Object.entries(kept.settings)) {
    if ((await read(name)) !== value) {
      await writeFile(join("/proc/sys", name), value);
    }
  }
  if (!kept.hadNamespaces && (await readdir(NETNS_DIRECTORY).catch(() => [])).length === 0) {
    // ip(8) mounts the directory on itself when it makes the first namespace.
    await run("umount", [NETNS_DIRECTORY]);
    await rmdir(NETNS_DIRECTORY).catch(() => undefined);
  }
  for (const directory of NSPAWN_DIRECTORIES) {
    await rmdir(directory).catch(() => undefined);
  }
  await rm(keptPath(), { force: true });
}

async function readKept(): Promise<z.infer<typeof keptSchema> | undefined> {
  const text = await readFile(keptPath(), "utf8").catch(() => undefined);
  return text === undefined ? undefined : keptSchema.parse(JSON.parse(text));
}

async function read(name: string): Promise<string | undefined> {
  return readFile(join("/proc/sys", name), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}

function keptPath(): string {
  return join(LABS_DIRECTORY, "machine.json");
}
