import { valuesOf, type Draft } from "../../draft.ts";
import { connectedHosts, reachOf } from "../../reach.ts";
import type { FoundKey } from "../../knownHosts.ts";
import { usableHostKey } from "../../sshKeys.ts";
import { pathOf, type Violation } from "../../violations.ts";

const nothingFaulty = { malformed: [], useless: [] };

/** Finds a host's key: its own `hostKey`, else the file's line for the address that SSH uses, its name, its addresses. */
export function findHostKey(draft: Draft, host: string): FoundKey {
  const own = draft.hosts.get(host);
  if (own?.hostKey !== undefined)
    return { key: own.hostKey.trim().split(/\s+/).slice(0, 2).join(" "), ...nothingFaulty };
  const { address, port } = reachOf(draft, host);
  if (port === undefined) return nothingFaulty;
  const names = [...(address === undefined ? [] : [address]), host, ...valuesOf(own?.addresses).map(([, one]) => one)];
  return draft.knownHosts?.find([...new Set(names)], port) ?? nothingFaulty;
}

/** The key of every host that SSH connects to is known beforehand: an unknown host is never trusted at first sight. */
export function* knownHostKeys(draft: Draft): Generator<Violation> {
  if (draft.knownHosts === undefined) return;
  for (const host of connectedHosts(draft)) {
    const { key, malformed, useless } = findHostKey(draft, host);
    for (const { line, fault } of malformed) {
      const message = `line ${line}, the key of ${host}, is not a public host key: ${fault}`;
      yield { path: pathOf("connection", "knownHosts"), message };
    }
    if (key !== undefined || malformed.length > 0) continue;
    const [first] = useless;
    if (first !== undefined) {
      const others = useless.length > 1 ? ` (and ${useless.length - 1} more)` : "";
      const message = `line ${first.line}${others} has no key of ${host} that can be used: ${first.fault}; ${usableHostKey}`;
      yield { path: pathOf("connection", "knownHosts"), message };
      continue;
    }
    const { address, port } = reachOf(draft, host);
    if (port === undefined || draft.hostKeys === "optional") continue;
    const sought = [host, address].filter((name) => name !== undefined);
    const names = sought.map((name) => (port === 22 ? name : `[${name}]:${port}`)).join(" or ");
    const message =
      `is missing, and the known_hosts file has no line for ${names}: ` +
      `write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there`;
    yield { path: pathOf("hosts", host, "hostKey"), message };
  }
}
