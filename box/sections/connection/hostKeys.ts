import { valuesOf, type Draft } from "../../draft.ts";
import { connectedHosts, reachOf } from "../../reach.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** A host's public key, and what is wrong with the lines of the known_hosts file that name the host. */
export interface HostKeySearch {
  readonly key: string | undefined;
  readonly malformed: readonly { readonly line: number; readonly fault: string }[];
}

/** Finds a host's key: its own `hostKey`, else the file's line for the address that SSH uses, its name, its addresses. */
export function findHostKey(draft: Draft, host: string): HostKeySearch {
  const own = draft.hosts.get(host);
  if (own?.hostKey !== undefined) return { key: own.hostKey.trim().split(/\s+/).slice(0, 2).join(" "), malformed: [] };
  const { address, port } = reachOf(draft, host);
  if (port === undefined) return { key: undefined, malformed: [] };
  const names = [...(address === undefined ? [] : [address]), host, ...valuesOf(own?.addresses).map(([, one]) => one)];
  const found = draft.knownHosts?.find([...new Set(names)], port);
  return { key: found?.key, malformed: found?.malformed ?? [] };
}

/** The key of every host that SSH connects to is known beforehand: an unknown host is never trusted at first sight. */
export function* knownHostKeys(draft: Draft): Generator<Violation> {
  if (draft.knownHosts === undefined) return;
  for (const host of connectedHosts(draft)) {
    const { key, malformed } = findHostKey(draft, host);
    for (const { line, fault } of malformed) {
      const message = `line ${line}, the key of ${host}, is not a public host key: ${fault}`;
      yield { path: pathOf("connection", "knownHosts"), message };
    }
    if (key !== undefined || malformed.length > 0) continue;
    const { address, port } = reachOf(draft, host);
    if (port === undefined) continue;
    const sought = [host, address].filter((name) => name !== undefined);
    const names = sought.map((name) => (port === 22 ? name : `[${name}]:${port}`)).join(" or ");
    const message =
      `is missing, and the known_hosts file has no line for ${names}: ` +
      `write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there`;
    yield { path: pathOf("hosts", host, "hostKey"), message };
  }
}
