import { homedir } from "node:os";
import ssh2 from "ssh2";
import { fine, wrong, type Finding } from "../finding.ts";
import { limits, within } from "../../limits.ts";
import { keyFilesIn, namesOf, type Keys } from "../../ssh/keys.ts";
import type { Machine } from "./machine.ts";

/** An agent as it was found. */
export interface Agent {
  /** Its socket, where it has keys. */
  readonly socket: string | undefined;
  readonly finding: Finding;
}

/** More keys than sshd lets anybody try (`MaxAuthTries`, 6): the right one may come too late. */
const MANY_KEYS = 5;

/**
 * With which keys hosts are looked at, and what there is to say of the agent. Where it has none, key files of the person's
 * own are taken, as ssh(1) would: an empty agent then hides nothing of the hosts, and is an error all the same.
 */
export async function operatorKeys({ env }: Pick<Machine, "env">): Promise<{
  readonly keys: Keys;
  readonly finding: Finding;
}> {
  const { socket, finding } = await lookAtAgent(env["SSH_AUTH_SOCK"]);
  if (socket !== undefined) return { keys: { agent: socket }, finding };
  const files = await keyFilesIn(env["HOME"] ?? homedir());
  if (files.length === 0) return { keys: { files }, finding };
  const instead = `hosts are looked at with ${namesOf(files)}, which \`up\` does not use`;
  return { keys: { files }, finding: { ...finding, message: `${finding.message}; ${instead}` } };
}

/** Looks at the SSH agent: nothing else authenticates the operator to `up`. */
export async function lookAtAgent(socket: string | undefined, milliseconds: number = limits.agent): Promise<Agent> {
  const none = (message: string, hint: string): Agent => ({
    socket: undefined,
    finding: wrong("SSH agent", message, hint),
  });
  const start = 'eval "$(ssh-agent)" && ssh-add, in the shell that you call `up` from';
  if (socket === undefined || socket === "") return none("SSH_AUTH_SOCK is not set: there is no agent", start);
  const keys = await within(milliseconds, keysOf(socket), () => undefined);
  if (keys === undefined) return none(`nobody answers at SSH_AUTH_SOCK, ${socket}`, start);
  if (keys.length === 0) return none("has no keys, or is locked", "ssh-add ~/.ssh/id_ed25519 (ssh-add -X unlocks it)");
  const message = `SSH agent with ${keys.length} key${keys.length === 1 ? "" : "s"}`;
  const many = keys.length > MANY_KEYS ? ` (sshd refuses whoever tries more than 6)` : "";
  return { socket, finding: fine("SSH agent", `${message}${many}`) };
}

/** The keys of an agent; undefined where nobody answers. */
function keysOf(socket: string): Promise<readonly unknown[] | undefined> {
  return new Promise((resolve) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => resolve(error ? undefined : (keys ?? [])));
  });
}
