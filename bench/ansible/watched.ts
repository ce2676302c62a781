/** What users notice while a box is changed, and when what is new reaches them. */
import { setTimeout as sleep } from "node:timers/promises";
import { hostNamed } from "../../lab/inventory.ts";
import type { Lab } from "../../lab/state.ts";
import { now } from "../../test/faults/probe/clock.ts";
import type { Answer } from "../../test/faults/probe/answers.ts";
import { startProbe } from "../../test/faults/probe/start.ts";
import { EDGE, SERVICE } from "../../test/faults/scene.ts";
import { CLIENT } from "./labOfHosts.ts";
import { ADDED_ROUTE, WEB_SERVERS } from "./reducedBox.ts";

/** Milliseconds for which is asked after a change, too: connections to what it has replaced end then. */
const AFTERWARDS_MS = 2000;

/** Milliseconds between two requests for what is new: a hundredth of what a change takes. */
const LOOK_MS = 50;

/** What was noticed. */
export interface Noticed<T> {
  readonly result: T;
  /** Requests for what was there before, every 10 ms through {@link EDGE}, and those that were not answered well. */
  readonly asked: number;
  readonly lost: number;
}

/** Does something while a route that is there is asked for. */
export async function noticing<T>(lab: Lab, action: () => Promise<T>): Promise<Noticed<T>> {
  const probe = startProbe(lab, SERVICE.from, SERVICE.options);
  await probe.begun;
  const result = await action().catch(async (error: unknown) => {
    await probe.stop();
    throw error;
  });
  await sleep(AFTERWARDS_MS);
  const { answers } = await probe.stop();
  return { result, asked: answers.length, lost: answers.filter(({ ok }) => !ok).length };
}

/**
 * Does something that adds {@link ADDED_ROUTE}.
 *
 * @returns seconds until the last web server answered a request for it
 * @throws Error where one never did
 */
export async function untilLive<T>(
  lab: Lab,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly liveSeconds: number }> {
  const probes = WEB_SERVERS.map((host) => {
    const at = hostNamed(host).addresses[EDGE.network] ?? "";
    const url = `https://protobox.test/${ADDED_ROUTE}/`;
    return startProbe(lab, CLIENT, { kind: "http", url, at, intervalMs: LOOK_MS });
  });
  await Promise.all(probes.map(({ begun }) => begun));
  const begunAt = now();
  const result = await action().catch(async (error: unknown) => {
    await Promise.all(probes.map((probe) => probe.stop()));
    throw error;
  });
  await sleep(AFTERWARDS_MS);
  const answers = await Promise.all(probes.map((probe) => probe.stop()));
  return { result, liveSeconds: (liveAt(answers.map((each) => each.answers)) - begunAt) / 1000 };
}

/**
 * When the last of some web servers answered well for the first time.
 *
 * @param answers of each
 * @throws Error where one never did
 */
export function liveAt(answers: readonly (readonly Answer[])[]): number {
  const first = answers.map((each) => each.find(({ ok }) => ok)?.endedAt);
  return first.reduce<number>((last, at) => {
    if (at === undefined) throw new Error(`/${ADDED_ROUTE}/ was never answered by one of the web servers`);
    return Math.max(last, at);
  }, 0);
}
