/** Keys and agents of a connection, read before anything is dialled: a mistake in them is not worth a retry. */
import { once } from "node:events";
import { createConnection } from "node:net";
import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";
import { systemReason } from "../goText.ts";
import type { Hop } from "./connection.ts";

const { parseKey } = ssh2.utils;

/** With what the client and the server prove who they are. */
export interface Identity {
  key?: ParsedKey;
  password?: string;
  agentSocket?: string;
  /** The only key that the server may have. */
  hostKey?: ParsedKey;
}

/** The first key of a result, or undefined if there is none. */
const keyOf = (parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | undefined =>
  parsed instanceof Error ? undefined : Array.isArray(parsed) ? parsed[0] : parsed;

function privateKeyOf(text: string, passphrase: string | undefined): ParsedKey {
  const open = parseKey(text);
  const isLocked = open instanceof Error && /no passphrase given/.test(open.message);
  if (!isLocked) {
    const key = keyOf(open);
    if (key === undefined || !key.isPrivateKey()) throw new Error("ssh: no key found");
    if (passphrase) throw new Error("ssh: key is not password protected");
    return key;
  }
  if (!passphrase) throw new Error("ssh: this private key is passphrase protected");
  const key = keyOf(parseKey(text, passphrase));
  if (key === undefined) throw new Error("x509: decryption password incorrect");
  return key;
}

/** A line of `authorized_keys` or, with leading host names or a marker, of `known_hosts`. */
function hostKeyOf(line: string): ParsedKey {
  const words = line.trim().split(/\s+/);
  for (let first = 0; first < Math.min(words.length - 1, 3); first++) {
    const key = keyOf(parseKey(words.slice(first, first + 2).join(" ")));
    if (key !== undefined && !key.isPrivateKey()) return key;
  }
  throw new Error("failed to parse host key: ssh: no key found");
}

async function demandAgent(path: string): Promise<void> {
  const socket = createConnection({ path });
  try {
    await once(socket, "connect");
  } catch (error) {
    throw new Error(`dial unix ${path}: connect: ${systemReason(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

/**
 * Reads what a connection gives. As with the official plugin, an agent must answer even if a good key is given.
 * @throws Error for keys that cannot be read and agents that cannot be reached
 */
export async function identityOf(hop: Hop): Promise<Identity> {
  const identity: Identity = {};
  if (hop.hostKey) identity.hostKey = hostKeyOf(hop.hostKey);
  if (hop.privateKey) identity.key = privateKeyOf(hop.privateKey, hop.privateKeyPassword);
  if (hop.password) identity.password = hop.password;
  const agentSocket = hop.agentSocketPath || process.env["SSH_AUTH_SOCK"];
  if (agentSocket) {
    await demandAgent(agentSocket);
    identity.agentSocket = agentSocket;
  }
  return identity;
}
