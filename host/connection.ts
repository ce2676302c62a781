import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Host, SshEndpoint } from "../box/model.ts";

/** The plugin dials once more than this. The check of the SSH banner before it has already been patient with a booting host. */
const DIAL_ERROR_LIMIT = 3;
/** Seconds for one TCP connect; a host on a reachable network answers in milliseconds. */
const PER_DIAL_TIMEOUT = 10;

/**
 * How the `command` plugin reaches a host: built field by field, since a malformed connection would be printed whole.
 * It holds no credential: the SSH agent of `SSH_AUTH_SOCK` authenticates, and the plugin finds it by itself without
 * storing its path. Host keys are always checked, that of a bastion too.
 */
export function connectionArgs(connection: Connection): types.input.remote.ConnectionArgs {
  const direct = endpoint(connection);
  return connection.bastion === undefined ? direct : { ...direct, proxy: endpoint(connection.bastion) };
}

function endpoint({ address, port, user, hostKey }: SshEndpoint) {
  const limits = { dialErrorLimit: DIAL_ERROR_LIMIT, perDialTimeout: PER_DIAL_TIMEOUT };
  if (hostKey !== undefined) return { host: address, port, user, hostKey, ...limits };
  // The plugin takes any key where none is given. A preview connects to nobody.
  if (!pulumi.runtime.isDryRun()) throw new Error(`${address}: its host key is not known, so nothing connects to it`);
  return { host: address, port, user, ...limits };
}

/** Whether the key of a host, or of its bastion, is left out of a preview. */
export function lacksHostKey({ hostKey, bastion }: Connection): boolean {
  return hostKey === undefined || (bastion !== undefined && bastion.hostKey === undefined);
}

/**
 * The connection of a host that is to be configured.
 *
 * @throws Error for a host that the stack only names.
 */
export function requireConnection(host: Host): Connection {
  if (host.connection === undefined) {
    throw new Error(
      `hosts.${host.name}: has no connection, so nothing can be configured on it; declare how SSH reaches it`,
    );
  }
  return host.connection;
}

/**
 * A shell command as root. `sudo` would drop `SSH_CONNECTION`, from which the guard knows the operator's way in.
 */
export function asRoot(connection: Connection, command: string): string {
  return connection.user === "root" ? command : `sudo -n env SSH_CONNECTION="$SSH_CONNECTION" ${command}`;
}
