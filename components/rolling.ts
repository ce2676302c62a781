import * as pulumi from "@pulumi/pulumi";
import { suggestion, type Box, type Host } from "../box/index.ts";
import { and, type Before } from "./waiting.ts";

/**
 * The hosts of a pool, in the order in which they are changed.
 *
 * @throws pulumi.RunError when the box has no such pool: else its component would make nothing, and say nothing.
 */
export function poolHosts(box: Box, pool: string): readonly Host[] {
  const found = Object.hasOwn(box.pools, pool) ? box.pools[pool] : undefined;
  if (found === undefined)
    throw new pulumi.RunError(`unknown pool "${pool}" of box ${box.name}${suggestion(pool, Object.keys(box.pools))}`);
  return found.members.flatMap((name) => box.hosts[name] ?? []);
}

/**
 * Looks whether the box has something for a component to make on a pool.
 *
 * @param section of the stack file that says so, with its entries.
 * @throws pulumi.RunError when the box has no such pool, or nothing of that kind for it.
 */
export function mustHave(box: Box, pool: string, section: string, entries: readonly { readonly pool: string }[]): void {
  poolHosts(box, pool);
  if (entries.some((entry) => entry.pool === pool)) return;
  throw new pulumi.RunError(
    `${section} of box ${box.name} has no entry for pool "${pool}": write one there, or leave the component out`,
  );
}

/**
 * The hosts of a pool, those that should hold a virtual IP last: a mistake is found on a backup. Hosts that `rollout` names first come
 * before all others. Several addresses may have
 * different holders; then the host with the highest priorities in all comes last. Priorities are by the host's name,
 * whatever pool the address is of: the pool may be one that was made for the hosts' networks only.
 *
 * @throws pulumi.RunError when the box has no such pool.
 */
export function backupsFirst(box: Box, pool: string): readonly Host[] {
  const weight = ({ name }: Host): number =>
    Object.values(box.virtualIps).reduce((sum, vip) => sum + (vip.priorities[name] ?? 0), 0);
  const first = box.rollout[pool]?.first ?? [];
  const turn = ({ name }: Host): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return [...poolHosts(box, pool)].sort((one, other) => turn(one) - turn(other) || weight(one) - weight(other));
}

/** How hosts come after each other: `make` gets each of them, and what it must wait for. */
export type Order = <T extends pulumi.Resource>(
  hosts: readonly Host[],
  before: Before,
  make: (host: Host, dependsOn: Before) => T,
) => readonly T[];

/**
 * Makes something on each host of a pool, the first alone and then so many at a time: each waits for all that were before it, and the
 * first failure leaves the hosts behind it untouched, serving what they served.
 *
 * @param size of a batch.
 */
export function inBatches(size: number): Order {
  return (hosts, first, make) => {
    const [one, ...others] = hosts;
    if (one === undefined) return [];
    const made = [make(one, first)];
    let waitedFor = [...made];
    for (let at = 0; at < others.length; at += size) {
      const before = and(first, waitedFor);
      waitedFor = others.slice(at, at + size).map((host) => make(host, before));
      made.push(...waitedFor);
    }
    return made;
  };
}

/** One host after the other. */
export const rolling: Order = inBatches(1);

/** How the hosts of a pool come after each other when what they have is changed; `rollout` says so. */
export function orderOf(box: Box, pool: string): Order {
  return inBatches(box.rollout[pool]?.batch ?? 1);
}

/**
 * Makes something that takes nothing away from who uses the pool, on its first host, and then on all others at once: a mistake
 * stops at the first host, and a pool of thirty takes no longer than one of two.
 *
 * @param make gets the host and what it must wait for.
 */
export function firstAlone<T extends pulumi.Resource>(
  hosts: readonly Host[],
  before: Before,
  make: (host: Host, dependsOn: Before) => T,
): readonly T[] {
  const [first, ...others] = hosts;
  if (first === undefined) return [];
  const alone = make(first, before);
  const then = and(before, [alone]);
  return [alone, ...others.map((host) => make(host, then))];
}
