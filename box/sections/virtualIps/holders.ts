import { membersOf, type Draft } from "../../draft.ts";
import { sharedHosts } from "../../sharedHosts.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** A host is in one pool with VIPs at most. */
export function* hostsWithVipsOfTwoPools(draft: Draft): Generator<Violation> {
  const places = [...draft.virtualIps].map(([name, { pool }]) => ({ path: pathOf("virtualIps", name, "pool"), pool }));
  yield* sharedHosts(draft, places, "the VIPs");
}

/** An address that nobody can take over. */
export function* loneHolders(draft: Draft): Generator<Violation> {
  for (const [name, { pool = "", address = "" }] of draft.virtualIps) {
    const members = membersOf(draft, pool);
    if (members.length !== 1) continue;
    const message = `${pool} has one host, ${members[0] ?? ""}: when that fails, nobody takes ${address} over; add a host to the pool`;
    yield { path: pathOf("virtualIps", name, "pool"), message };
  }
}
