/**
 * cloud-init's own code, of the machine's archive: fetched once by version into the user's cache, and run from there. It is not
 * installed, for it would take this very machine for a cloud's.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

function output(command: string, args: readonly string[], cwd?: string): string {
  // A download of 3 MB; apt itself gives a mirror two minutes.
  const answer = spawnSync(command, args, { encoding: "utf8", timeout: 240_000, cwd });
  if (answer.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${answer.stderr.slice(-2000)}`);
  return answer.stdout;
}

/** The directory with cloud-init and the Python packages that it needs. */
export function cloudInitCode(): string {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gatebox");
  const version = /^Version: (\S+)$/m.exec(output("apt-cache", ["show", "--no-all-versions", "cloud-init"]))?.[1];
  if (version === undefined) throw new Error("the machine's archive has no cloud-init: apt-get update");
  const place = join(cache, `cloud-init-${version}`);
  if (existsSync(place)) return place;
  const making = `${place}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  try {
    const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((one) => `--no-${one}`);
    const needed = output("apt-cache", ["depends", "--recurse", ...only, "cloud-init"]);
    const names = [...new Set(needed.match(/^(?:python3-\S+|cloud-init)$/gm))];
    output("apt-get", ["-q", "download", ...names], making);
    output("sh", ["-c", 'for package in *.deb; do dpkg -x "$package" . && rm "$package"; done'], making);
    renameSync(making, place);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return place;
}
