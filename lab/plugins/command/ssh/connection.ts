/** A connection as the program describes it. */
import { reveal } from "../../protocol/wireValues.ts";
import type { WireObject, WireValue } from "../../protocol/wireValues.ts";
import { normalise } from "../decode.ts";
import { connection } from "../objectTypes.ts";

/** One SSH server on the way. */
export interface Hop {
  host: string;
  port: number;
  user: string;
  password?: string;
  /** PEM or OpenSSH text of a key. */
  privateKey?: string;
  privateKeyPassword?: string;
  /** The server's public key, as in `authorized_keys` or `known_hosts`. Without it any key is accepted. */
  hostKey?: string;
  /** Path of an agent's socket. Default: `SSH_AUTH_SOCK`. */
  agentSocketPath?: string;
  /** Attempts after the first one; negative: without end. */
  dialErrorLimit: number;
  /** Limit for the TCP connect of one attempt, in seconds; 0: the system's own. */
  perDialTimeout: number;
}

export interface Connection extends Hop {
  /** A bastion through which the host is reached. */
  proxy?: Hop;
}

/** Reads a connection that Check has accepted; what is missing gets the defaults of the schema. */
export function connectionOf(value: WireValue | undefined): Connection {
  const given = reveal(value ?? {}) as WireObject;
  return reveal(normalise(connection, given, true)) as unknown as Connection;
}
