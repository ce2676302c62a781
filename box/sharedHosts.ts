import { membersOf, type Draft } from "./draft.ts";
import type { Violation } from "./violations.ts";

/** Where a pool is named for something. */
interface Place {
  readonly path: string;
  readonly pool: string | undefined;
}

/**
 * What all pools of a kind have on a host is one unit there, so a host is in one of them at most.
 *
 * @param what the kind, for the message
 */
export function* sharedHosts(draft: Draft, places: readonly Place[], what: string): Generator<Violation> {
  const poolOf = new Map<string, string>();
  const seen = new Set<string>();
  for (const { path, pool } of places) {
    if (pool === undefined || seen.has(pool)) continue;
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
