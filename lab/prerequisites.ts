/** What the machine must have before a lab can be built on it, and how it gets it. */
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { run, runChecked } from "./run.ts";

/** Programs that the lab starts and the Debian package of each. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  nft: "nftables",
  ssh: "openssh-client",
  "ssh-agent": "openssh-client",
  nsenter: "util-linux",
  flock: "util-linux",
  losetup: "mount",
  gpg: "gpg",
  "apt-ftparchive": "apt-utils",
};

/** Seconds for a handful of small packages over a slow line. */
const INSTALL_SECONDS = 600;

/** The machine is none that a lab can be built on; the message says what to do instead. */
export class UnsuitableMachine extends Error {}

/**
 * Checks that a lab can be built here at all.
 *
 * @throws UnsuitableMachine where the machine is not Linux or the caller is not root
 */
export function assertSuitableMachine(): void {
  if (process.platform !== "linux") {
    throw new UnsuitableMachine(
      `The lab needs Linux (network namespaces, systemd-nspawn); this is ${process.platform}. Run it in a Debian 12 ` +
        "virtual machine, or use Gatebox with hosts of your own: that needs no lab.",
    );
  }
  if (process.geteuid?.() !== 0) {
    throw new UnsuitableMachine("The lab makes namespaces and mounts, so it needs root: sudo npm run lab -- up");
  }
}

/**
 * Installs the packages whose programs are missing.
 *
 * @param report called with apt's lines
 * @returns the packages that were installed
 * @throws UnsuitableMachine where packages are missing and there is no apt to install them
 */
export function installMissingPrograms(report: (line: string) => void): Promise<readonly string[]> {
  return installMissing(PACKAGE_OF, report);
}

/**
 * The same for programs that not every lab needs.
 *
 * @param packageOf the Debian package of each program
 * @example
 * await installMissing({ "ansible-playbook": "ansible" }, console.log);
 */
export async function installMissing(
  packageOf: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Promise<readonly string[]> {
  const missing = await missingPackages(packageOf);
  if (missing.length === 0) {
    return [];
  }
  if (!(await isOnPath("apt-get"))) {
    throw new UnsuitableMachine(`The lab needs ${missing.join(", ")} and can install them on Debian and Ubuntu only.`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, timeoutSeconds: INSTALL_SECONDS, onLine: report };
  // A machine whose package lists are older than its mirror still has a chance with the lists that it has.
  await run("apt-get", ["update"], options);
  const install = ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...missing];
  await runChecked(`install ${missing.join(", ")}`, "apt-get", install, options);
  return missing;
}

async function missingPackages(packageOf: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const wanted = Object.entries(packageOf).map(async ([program, name]) => ((await isOnPath(program)) ? [] : [name]));
  return [...new Set((await Promise.all(wanted)).flat())];
}

async function isOnPath(program: string): Promise<boolean> {
  const directories = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  const found = directories.map((directory) =>
    access(join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}
