/** Repeats attempts to connect. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "../../protocol/provider.ts";

/** First wait in ms, the factor by which waits grow, and the longest one: 11 s in all for the usual ten retries. */
const FIRST_WAIT = 100;
const GROWTH = 1.5;
const LONGEST_WAIT = 5000;

/** The attempts are used up. Not repeated by an outer {@link retry}. */
export class GivenUp extends Error {}

/**
 * Calls `attempt` until it succeeds.
 *
 * @param label what is tried, for the log: `Dial`
 * @param limit retries after the first attempt; negative: without end
 * @throws {GivenUp} when the last attempt failed; the reason of `call.signal` when that was aborted meanwhile
 * @example
 * const socket = await retry("Dial", 10, call, () => connectTcp(hop, call.signal));
 */
export async function retry<T>(
  label: string,
  limit: number,
  call: Pick<Call, "log" | "signal">,
  attempt: () => Promise<T>,
): Promise<T> {
  let wait = FIRST_WAIT;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      call.signal.throwIfAborted();
      if (error instanceof GivenUp) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (limit >= 0 && failures > limit) throw new GivenUp(`after ${limit} failed attempts: ${reason}`);
      call.log("info", `${label} ${failures}/${limit < 0 ? "inf" : limit} failed: retrying`, true);
    }
    await sleep(wait, undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted());
    wait = Math.min(wait * GROWTH, LONGEST_WAIT);
  }
}
