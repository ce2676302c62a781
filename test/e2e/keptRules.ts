/** Rules that must stay in force while something is applied: what they have counted shows whether they were loaded again. */
import assert from "node:assert/strict";
import type { Lab } from "../../lab/state.ts";
import { counters, ownRules } from "./hostState.ts";
import { connects, onHost } from "./world.ts";

/** A NAT gateway and a gateway of the cluster, whose border counts. */
export const COUNTING = ["gateway-4", "gateway-1"] as const;
type Name = (typeof COUNTING)[number];

interface Rules {
  readonly rules: string;
  readonly counts: readonly number[];
  /** The generation of each assembly. */
  readonly live: string;
}

/** Has both refuse something, so that there is a count that could begin anew. */
export async function countSomething(lab: Lab): Promise<void> {
  for (const address of ["192.168.2.11", "192.168.2.14"])
    assert.equal(await connects(lab, "webserver-1", address, 10250), false);
}

/** What both have in force, and have counted. */
export async function rulesOf(lab: Lab): Promise<Readonly<Record<Name, Rules>>> {
  const found = COUNTING.map(async (host) => {
    const live = await onHost(lab, host, "readlink -f /etc/gatebox/*");
    return [host, { rules: await ownRules(lab, host), counts: await counters(lab, host), live }] as const;
  });
  return Object.fromEntries(await Promise.all(found)) as Record<Name, Rules>;
}

/** The same rules, and no counter that began anew. */
export function assertKept(before: Readonly<Record<Name, Rules>>, after: Readonly<Record<Name, Rules>>): void {
  for (const host of COUNTING) {
    assert.equal(after[host].rules, before[host].rules, `${host}: rules`);
    assert.equal(after[host].live, before[host].live, `${host}: generations`);
    const { counts } = before[host];
    assert.ok(
      counts.some((count) => count > 0),
      `${host} has counted nothing, so nothing is proved`,
    );
    assert.equal(after[host].counts.length, counts.length);
    for (const [index, count] of counts.entries())
      assert.ok((after[host].counts[index] ?? 0) >= count, `${host}: a counter fell from ${count}`);
  }
}
