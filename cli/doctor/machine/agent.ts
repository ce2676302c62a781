import ssh2 from "ssh2";
import { fine, wrong, type Finding } from "../finding.ts";
import { limits, within } from "../limits.ts";

/** An agent as it was found. */
export interface Agent {
  /** Its socket, where it has keys. */
  readonly socket: string | undefined;
  readonly finding: Finding;
}

/** More keys than sshd lets anybody try (`MaxAuthTries`, 6): the right one may come too late. */
const MANY_KEYS = 5;

/** Looks at the SSH agent: nothing else authenticates the operator. */
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
