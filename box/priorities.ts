import { membersOf, valuesOf, type Draft, type VirtualIpDraft } from "./draft.ts";

/** The first host's priority when a VIP says none, and how far the next ones lie below. */
const FIRST_PRIORITY = 200;
const WIDEST_STEP = 10;

/** A host that is drained falls to 1, below all others. */
export const LOWEST_PRIORITY = 2;

/** The priority of each host of a VIP's pool: as written, or by the pool's order. */
export function prioritiesOf(draft: Draft, vip: VirtualIpDraft): Record<string, number> {
  if ("priorities" in vip) return Object.fromEntries(valuesOf(vip.priorities));
  return defaultPriorities(membersOf(draft, vip.pool));
}

/** 200, 190, 180, … in the order of the hosts; closer to each other where these would not suffice for all. */
function defaultPriorities(hosts: readonly string[]): Record<string, number> {
  const first = Math.max(FIRST_PRIORITY, LOWEST_PRIORITY + hosts.length - 1);
  const step = Math.min(WIDEST_STEP, Math.floor((first - LOWEST_PRIORITY) / (hosts.length - 1)));
  return Object.fromEntries(hosts.map((host, index) => [host, first - index * step]));
}

/** What moves together has the same group: the name of the VIP that the others name. */
export function groupOf(name: string, { syncGroup }: VirtualIpDraft): string {
  return syncGroup ?? name;
}
