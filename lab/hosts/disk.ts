/** A host's disk: the layers of the image below, and above them what is the host's own. It survives a power cut. */
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { addressSeenFrom, HOSTS, NAMES_OF_THE_BOX, type LabHost, type LayerName } from "../inventory.ts";
import { resolversOfHosts } from "../network/uplink.ts";
import { scriptFile } from "../scriptFile.ts";
import { hostDirectory, type Lab } from "../state.ts";
import { installerNetworkFiles } from "./installer.ts";
import { hostKeyPath } from "./keys.ts";

/** Directories of a host on the machine. */
export interface Disk {
  /** What overlays are mounted from, topmost first. */
  readonly lower: string;
  readonly upper: string;
  readonly work: string;
  /** Where the whole is mounted, in the host's own mount namespace only. */
  readonly root: string;
  /** The host's /var/lib/containerd: no overlay, so that containerd can make overlays in it. */
  readonly containerd: string;
}

/**
 * Number of what {@link ensureDisk} writes on a disk, and of the image below it. To be raised with every change after
 * which a disk of before does not boot to be logged in to. 2: hosts give themselves their addresses, from the files of an
 * installer.
 */
const FORMAT = 2;

/** Whether a host's disk, if it has one, is such as {@link ensureDisk} makes today. */
export async function isDiskOfToday(lab: Lab, host: LabHost): Promise<boolean> {
  const directory = hostDirectory(lab, host.name);
  return (await readLower(directory)) === undefined || (await readFormat(directory)) === FORMAT;
}

/**
 * Makes a host's disk with everything that tells it from other hosts: name, keys, addresses, those of the others. One that
 * exists is left as the host has changed it, on the layers that it was made on.
 *
 * @param layers directories of the image's layers, by name
 */
export async function ensureDisk(lab: Lab, host: LabHost, layers: ReadonlyMap<LayerName, string>): Promise<void> {
  const directory = hostDirectory(lab, host.name);
  if ((await readLower(directory)) !== undefined) {
    return;
  }
  await rm(directory, { recursive: true, force: true });
  for (const name of ["upper", "work", "root", "containerd"]) {
    await mkdir(join(directory, name), { recursive: true, mode: 0o755 });
  }
  await writeIdentity(lab, host, join(directory, "upper"));
  const lower = host.layers.map((name) => layers.get(name) ?? missing(name)).reverse();
  await writeFile(join(directory, "format"), `${FORMAT}\n`);
  // Written last: a disk without this file is unfinished and is made anew.
  await writeFile(join(directory, "lower.new"), lower.join(":"));
  await rename(join(directory, "lower.new"), join(directory, "lower"));
}

/**
 * The disk of a host.
 *
 * @throws when the host has none: `up` makes it
 */
export async function diskOf(lab: Lab, host: LabHost): Promise<Disk> {
  const directory = hostDirectory(lab, host.name);
  const lower = await readLower(directory);
  if (lower === undefined) {
    throw new Error(`host ${host.name}: it has no disk in lab ${lab.name}; \`npm run lab -- up\` makes it`);
  }
  const part = (name: string): string => join(directory, name);
  return { lower, upper: part("upper"), work: part("work"), root: part("root"), containerd: part("containerd") };
}

async function readFormat(directory: string): Promise<number> {
  return Number(await readFile(join(directory, "format"), "utf8").catch(() => "1"));
}

async function readLower(directory: string): Promise<string | undefined> {
  return readFile(join(directory, "lower"), "utf8").catch(() => undefined);
}

async function writeIdentity(lab: Lab, host: LabHost, root: string): Promise<void> {
  const resolvers = host.uplink ? await resolversOfHosts() : [];
  const own = ["127.0.0.1 localhost", `127.0.1.1 ${host.name}`, "::1 localhost ip6-localhost"];
  const others = HOSTS.flatMap((other) => {
    const address = other === host ? undefined : addressSeenFrom(host, other);
    return address === undefined ? [] : [`${address} ${other.name}`];
  });
  const boxNames = Object.entries(NAMES_OF_THE_BOX).map(([name, address]) => `${address} ${name}`);
  const files: Record<string, string> = {
    "etc/hostname": `${host.name}\n`,
    "etc/hosts": `${[...own, ...others, ...boxNames].join("\n")}\n`,
    "etc/machine-id": `${randomBytes(16).toString("hex")}\n`,
    "etc/resolv.conf": resolvers.map((address) => `nameserver ${address}\n`).join(""),
    "root/.ssh/authorized_keys": await readFile(`${lab.operator.key}.pub`, "utf8"),
    // Every connection is logged, also one that ends before a login: tests count them.
    "etc/ssh/sshd_config.d/lab.conf": "LogLevel VERBOSE\n",
    ...installerNetworkFiles(host),
    ...(host.kubernetes ? CONTAINER_HOST_FILES : {}),
  };
  await mkdir(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await mkdir(join(root, "etc/ssh"), { recursive: true });
  const key = join(root, "etc/ssh/ssh_host_ed25519_key");
  await copyFile(hostKeyPath(lab, host.name), key);
  await copyFile(`${hostKeyPath(lab, host.name)}.pub`, `${key}.pub`);
  await chmod(key, 0o600);
}

/**
 * systemd-nspawn(1) mounts the version 1 hierarchies read-only but its own; a host that runs containers writes to all.
 */
const CONTAINER_HOST_FILES: Readonly<Record<string, string>> = {
  "usr/local/lib/lab-cgroups.sh": scriptFile(import.meta.dirname, "lab-cgroups.sh"),
  "etc/systemd/system/lab-cgroups.service": `[Unit]
Description=Make the control groups writable for containers
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /usr/local/lib/lab-cgroups.sh
`,
  "etc/systemd/system/sysinit.target.d/lab-cgroups.conf": "[Unit]\nWants=lab-cgroups.service\n",
};

function missing(layer: LayerName): never {
  throw new Error(`the image's layer "${layer}" was not built`);
}
