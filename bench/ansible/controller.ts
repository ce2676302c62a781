/** Ansible on the operator's workstation: Debian's, with the lab's key agent and known hosts. */
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { installMissing } from "../../lab/prerequisites.ts";
import type { RunResult } from "../../lab/run.ts";
import type { StackHome } from "../../lab/stack.ts";

const playbooks = path.join(import.meta.dirname, "playbook");

/** Seconds until a playbook has hung: several times what the longest takes on two busy cores. */
const PLAYBOOK_SECONDS = 1800;

/** Runs the playbooks of this directory. */
export interface Controller {
  /** Where the inventory is expected. */
  readonly inventory: string;
  /** Runs a playbook that must succeed. @throws Error with its last words */
  play(name: string, args?: readonly string[]): Promise<RunResult>;
  /** Ends the connections that ssh keeps for a minute: the next run begins as one does on another day. */
  disconnect(): Promise<void>;
}

/**
 * Installs Ansible, if it is not there, and checks the playbooks' syntax.
 *
 * @param directory for all that Ansible writes
 */
export async function openController(
  home: StackHome,
  directory: string,
  say: (line: string) => void,
): Promise<Controller> {
  const installed = await installMissing({ "ansible-playbook": "ansible" }, () => undefined);
  if (installed.length > 0) say(`installed ${installed.join(", ")}`);
  const sockets = path.join(directory, "ssh");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const inventory = path.join(directory, "inventory");
  const env = {
    ANSIBLE_CONFIG: path.join(playbooks, "ansible.cfg"),
    ANSIBLE_HOME: path.join(directory, "home"),
    ANSIBLE_LOCAL_TEMP: path.join(directory, "tmp"),
    ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_NOCOLOR: "1",
    LC_ALL: "C.UTF-8",
  };
  const play: Controller["play"] = async (name, args = []) => {
    const words = ["-i", inventory, ...args, path.join(playbooks, name)];
    const result = await home.run("ansible-playbook", words, { env, timeoutSeconds: PLAYBOOK_SECONDS });
    if (result.code === 0) return result;
    const last = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-30).join("\n");
    throw new Error(`ansible-playbook ${name} ended with ${result.code}:\n${last}`);
  };
  return {
    inventory,
    play,
    disconnect: async () => {
      // Status 255: its minute was over.
      for (const name of await readdir(sockets).catch(() => []))
        await home.run("ssh", ["-F", "none", "-o", `ControlPath=${path.join(sockets, name)}`, "-O", "exit", "any"], {});
    },
  };
}

/**
 * How many tasks of a run have changed something, by the recap at its end.
 *
 * @throws Error when there is none
 */
export function changedTasks(printed: string): number {
  const recap = printed.slice(printed.lastIndexOf("PLAY RECAP"));
  const counts = [...recap.matchAll(/^\S+\s+: ok=\d+\s+changed=(\d+)\s/gm)].map(([, count]) => Number(count));
  if (!printed.includes("PLAY RECAP") || counts.length === 0) throw new Error(`no recap of a play in:\n${printed}`);
  return counts.reduce((sum, count) => sum + count, 0);
}
