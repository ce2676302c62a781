/** A fault happens: it is broken, stays so for a while, and is healed whatever came of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { now } from "./probe/clock.ts";
import type { Scene } from "./scene.ts";

/** When the parts of it were; of {@link file://./probe/clock.ts}. */
export interface Moments {
  /** When breaking it began: outages count from here. */
  readonly brokenAt: number;
  /** When it was broken altogether. */
  readonly wholeAt: number;
  /** When the healing began. */
  readonly healedAt: number;
  /** When the healing was done. */
  readonly mendedAt: number;
}

/** Seconds that a fault stays broken unless it says otherwise. */
export const BROKEN_SECONDS = 3;

/**
 * Lets a fault happen.
 *
 * @throws what went wrong while it was broken; where it cannot be healed then, an error with that as its cause
 */
export async function happen(fault: Pick<Fault, "break" | "heal" | "brokenSeconds">, scene: Scene): Promise<Moments> {
  const brokenAt = now();
  const [broken] = await Promise.allSettled([breakFor(fault, scene)]);
  const healedAt = now();
  const [healed] = await Promise.allSettled([fault.heal?.(scene)]);
  if (broken.status === "rejected" && healed.status === "rejected") {
    const words = `${wordsOf(broken.reason)}\nand it could not be healed: ${wordsOf(healed.reason)}`;
    throw new Error(words, { cause: broken.reason });
  }
  if (broken.status === "rejected") throw broken.reason;
  if (healed.status === "rejected") throw healed.reason;
  return { brokenAt, wholeAt: broken.value, healedAt, mendedAt: now() };
}

/** @returns when it was broken altogether */
async function breakFor(fault: Pick<Fault, "break" | "brokenSeconds">, scene: Scene): Promise<number> {
  await fault.break(scene);
  const wholeAt = now();
  await sleep((fault.brokenSeconds ?? BROKEN_SECONDS) * 1000);
  return wholeAt;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
