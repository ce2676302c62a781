import { itemsOf, membersOf, type Draft } from "../../draft.ts";
import { Protocol } from "../../model.ts";
import { reachOf } from "../../reach.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** An entry of a list of open ports, as far as it could be read. */
interface OpenPortDraft {
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
}

/** Where sshd may listen: the usual port is kept closed beside the one that the operator uses. */
export function sshPortsOf(draft: Draft, host: string): ReadonlySet<number> {
  return new Set([22, reachOf(draft, host).port ?? 22]);
}

/** No open port is SSH's port: it is open where the operator comes in, and nowhere else, whatever is opened. */
export function* openedSshPorts(draft: Draft): Generator<Violation> {
  for (const { path, pool, openPorts } of draft.natGateways)
    for (const [index, one] of itemsOf(openPorts))
      yield* ofSsh(draft, pool, one, pathOf(path, "openPorts", index, "port"));
  for (const [index, one] of itemsOf(draft.firewall.openPorts))
    yield* ofSsh(draft, one.pool, one, pathOf("firewall", "openPorts", index, "port"));
}

function* ofSsh(draft: Draft, pool: string | undefined, { protocol, port }: OpenPortDraft, path: string) {
  if (port === undefined || protocol !== Protocol.Tcp) return;
  const host = membersOf(draft, pool).find((member) => sshPortsOf(draft, member).has(port));
  if (host === undefined) return;
  const network = reachOf(draft, host).network ?? "the network of its connection";
  const message = `${port} is SSH's port on ${host}, which is open on ${network}, where the operator comes in, and nowhere else: remove it`;
  yield { path, message };
}
