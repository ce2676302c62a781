/** How long apt is at work on hosts: apt's own logs know whole seconds only, and neither the lists nor the downloads. */
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { namespaceOf, namespacePath, type Lab } from "../../lab/state.ts";

/** What apt's work is done by: itself, dpkg, and the methods that fetch lists and packages for it and for its Python bindings. */
const PROGRAMS = new Set(["apt-get", "dpkg", "http", "https", "gpgv", "store"]);

/** Milliseconds between two looks: a hundredth of what an installation takes. */
const LOOK_MS = 250;

/** The watch over the hosts. */
export interface AptWatch {
  /** Ends it. @returns seconds in which apt was at work on one host at least */
  stop(): Promise<number>;
}

/** Watches some hosts of a lab, from the machine. */
export async function watchApt(lab: Lab, hosts: readonly string[]): Promise<AptWatch> {
  const namespaces = await Promise.all(
    hosts.map(async (host) => `net:[${(await stat(namespacePath(namespaceOf(lab, host)))).ino}]`),
  );
  const own = new Set(namespaces);
  let watching = true;
  const watch = async (): Promise<number> => {
    let ms = 0;
    let last = performance.now();
    while (watching) {
      await sleep(LOOK_MS);
      const isAtWork = await anyAptIn(own);
      const now = performance.now();
      if (isAtWork) ms += now - last;
      last = now;
    }
    return ms / 1000;
  };
  const ended = watch();
  return {
    stop: () => {
      watching = false;
      return ended;
    },
  };
}

async function anyAptIn(namespaces: ReadonlySet<string>): Promise<boolean> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const looks = pids.map(async (pid) => {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (!PROGRAMS.has(name.trim())) return false;
    return namespaces.has(await readlink(`/proc/${pid}/ns/net`).catch(() => ""));
  });
  return (await Promise.all(looks)).includes(true);
}
