/** How one layer of the image is built: packages from the machine's mirror, then the traces of building removed. */
import { copyFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LayerName } from "../inventory.ts";
import { runChecked } from "../run.ts";
import { aptFiles, type AptConfiguration } from "./apt.ts";
import { DISABLED_UNITS, ENABLED_UNITS, FILES, MASKED_UNITS, PACKAGES } from "./packages.ts";

/** Seconds for a layer: a minute on a quiet machine, many times that beside compilers on two cores or a slow mirror. */
const BUILD_SECONDS = 1500;

/**
 * Runs a program that mounts what it needs: in a mount namespace and a process namespace of its own, and with us or not
 * at all, so that neither a mount nor a process outlives this run, however it ends.
 */
const SETPRIV = "setpriv";
const PRIVATELY: readonly string[] = [
  ...["--pdeathsig", "KILL"],
  ...["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"],
];

/** Installs packages in the system at a directory, without starting a daemon. */
const INSTALL = join(import.meta.dirname, "install.sh");

/** Installs the bottom layer: the release's minimal system and {@link PACKAGES}.base, with its updates. */
export async function buildBase(root: string, apt: AptConfiguration, report: (line: string) => void): Promise<void> {
  const keyring = apt.keyring === undefined ? [] : [`--keyring=${apt.keyring}`];
  const include = `--include=${PACKAGES.base.join(",")}`;
  const options = ["--variant=minbase", `--arch=${apt.architecture}`, include, ...keyring];
  const debootstrap = ["debootstrap", ...options, apt.suite, root, apt.mirror.uri];
  await runChecked("install the base system", SETPRIV, [...PRIVATELY, ...debootstrap], {
    env: { ...process.env, ...(apt.proxy === undefined ? {} : { http_proxy: apt.proxy }) },
    timeoutSeconds: BUILD_SECONDS,
    onLine: report,
  });
  await writeFiles(root, aptFiles(apt));
  if (apt.keyring !== undefined) {
    await mkdir(dirname(join(root, apt.keyring)), { recursive: true });
    await copyFile(apt.keyring, join(root, apt.keyring));
  }
  await install(root, "base", "", "dist-upgrade", report);
  await writeFiles(root, FILES.base);
  await forgetIdentity(root);
  await mask(root, "base");
}

/** Installs a layer's packages as the difference to the layers below. */
export async function buildOnTop(
  name: LayerName,
  upper: string,
  below: readonly string[],
  apt: AptConfiguration,
  report: (line: string) => void,
): Promise<void> {
  const work = `${upper}.work`;
  const merged = `${upper}.merged`;
  await Promise.all([upper, work, merged].map((path) => mkdir(path, { recursive: true })));
  const lower = [...below].reverse().join(":");
  const overlay = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  await writeFiles(upper, aptFiles(apt));
  await install(merged, name, overlay, "install", report);
  await writeFiles(upper, FILES[name]);
  await mask(upper, name);
  await Promise.all([work, merged].map((path) => rm(path, { recursive: true, force: true })));
}

/** @param overlay options of an overlay to be mounted at `root` first; empty for none */
async function install(
  root: string,
  layer: LayerName,
  overlay: string,
  verb: "install" | "dist-upgrade",
  report: (line: string) => void,
): Promise<void> {
  await runChecked(`install the packages of the layer ${layer}`, SETPRIV, [...PRIVATELY, "sh", INSTALL], {
    env: {
      PATH: process.env["PATH"],
      ROOT: root,
      OVERLAY: overlay,
      APT_VERB: verb,
      PACKAGES: verb === "install" ? PACKAGES[layer].join(" ") : "",
      DISABLED: DISABLED_UNITS[layer].join(" "),
      ENABLED: ENABLED_UNITS[layer].join(" "),
    },
    timeoutSeconds: BUILD_SECONDS,
    onLine: report,
  });
}

/** What must differ between hosts is not in the image: each gets its own before it boots. */
async function forgetIdentity(root: string): Promise<void> {
  const keys = ["rsa", "ecdsa", "ed25519"].flatMap((type) => [
    `etc/ssh/ssh_host_${type}_key`,
    `etc/ssh/ssh_host_${type}_key.pub`,
  ]);
  const names = ["etc/hostname", "etc/hosts", "etc/machine-id", "var/lib/dbus/machine-id", ...keys];
  await Promise.all(names.map((name) => rm(join(root, name), { force: true })));
  // It would raise the machine's own limit of process numbers, which all hosts share with it.
  await symlink("/dev/null", join(root, "etc/sysctl.d/50-pid-max.conf"));
}

async function mask(root: string, layer: LayerName): Promise<void> {
  const directory = join(root, "etc/systemd/system");
  await mkdir(directory, { recursive: true });
  await Promise.all(MASKED_UNITS[layer].map((unit) => symlinkAnew("/dev/null", join(directory, unit))));
}

async function symlinkAnew(target: string, path: string): Promise<void> {
  await symlink(target, `${path}.new`);
  await rename(`${path}.new`, path);
}

async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
