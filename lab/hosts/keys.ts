/** Keys of the lab: a host key for each host, one key for the operator, and the list that says whose is which. */
import { access, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HOSTS, networksOf } from "../inventory.ts";
import { runChecked } from "../run.ts";
import { writeAtomically, type Lab } from "../state.ts";

/**
 * Makes what keys are missing, for every host that the lab could have, and writes `known_hosts`. Keys that exist are
 * kept, so that a stack's declaration of them stays true while the lab grows.
 */
export async function ensureKeys(lab: Lab): Promise<void> {
  await ensureKey(lab.operator.key, "operator");
  for (const host of HOSTS) {
    await ensureKey(hostKeyPath(lab, host.name), host.name);
  }
  const lines = HOSTS.map(async (host) => {
    const names = [host.name, ...networksOf(host).map((network) => host.addresses[network])];
    return `${names.join(",")} ${await publicHostKey(lab, host.name)}\n`;
  });
  await writeAtomically(lab.knownHosts, (await Promise.all(lines)).join(""));
}

/** File of a host's private host key; the public one stands beside it, with `.pub`. */
export function hostKeyPath(lab: Lab, host: string): string {
  return join(lab.directory, "keys", host);
}

/** A host's public host key, `ssh-ed25519 BASE64`. */
export async function publicHostKey(lab: Lab, host: string): Promise<string> {
  const text = await readFile(`${hostKeyPath(lab, host)}.pub`, "utf8");
  return text.trim().split(" ").slice(0, 2).join(" ");
}

/** ssh-keygen(1) writes the private half first: only a pair is a key. */
async function ensureKey(path: string, comment: string): Promise<void> {
  const complete = await access(`${path}.pub`).then(
    () => true,
    () => false,
  );
  if (!complete) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const args = ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path];
    await runChecked("make an SSH key", "ssh-keygen", args, { input: "y\n" });
  }
}
