import { membersOf, type Draft } from "../draft.ts";
import { pathOf, type Violation } from "../violations.ts";

/** What all pools of a kind have on a host is one unit there, so a host is in one pool with VIPs at most. */
export function* hostsWithVipsOfTwoPools(draft: Draft): Generator<Violation> {
  const pools = [...draft.virtualIps].map(([name, { pool }]) => ({ path: pathOf("virtualIps", name, "pool"), pool }));
  yield* sharedHosts(draft, pools, "the VIPs");
}

/** As for VIPs: a host is in one pool with NAT gateways at most. */
export function* hostsWithNatOfTwoPools(draft: Draft): Generator<Violation> {
  const pools = draft.natGateways.map(({ path, pool }) => ({ path: pathOf(path, "pool"), pool }));
  yield* sharedHosts(draft, pools, "the NAT gateways");
}

interface Place {
  readonly path: string;
  readonly pool: string;
}

function* sharedHosts(draft: Draft, places: readonly Place[], what: string): Generator<Violation> {
  const poolOf = new Map<string, string>();
  const seen = new Set<string>();
  for (const { path, pool } of places) {
    if (seen.has(pool)) continue;
    seen.add(pool);
    for (const host of membersOf(draft, pool)) {
      const other = poolOf.get(host);
      poolOf.set(host, other ?? pool);
      if (other === undefined || other === pool) continue;
      const message = `"${pool}" has ${host}, and so has ${other}: ${what} of a host are one pool's; write ${other}, or take ${host} out of one of them`;
      yield { path, message };
      break;
    }
  }
}
