/** One run of a fault: the probers start, something breaks, is healed, and all is written down. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/state.ts";
import type { Answer } from "./probe/answers.ts";
import { now } from "./probe/clock.ts";
import { intervalOf } from "./probe/options.ts";
import { startEcho, startProbe, watchVip, type Recording, type Vip, type Watch, type Watched } from "./probe/start.ts";
import { bootsDone } from "./breaking.ts";
import type { Fault, Noticed } from "./fault.ts";
import { happen, type Moments } from "./happen.ts";
import type { Scene } from "./scene.ts";
import { ARP_SILENCE_MS } from "./probe/holders.ts";

/** All that was seen of one fault. */
export interface Run extends Moments {
  readonly name: string;
  readonly title: string;
  readonly intervalMs: number;
  /** Whether requests were sent at their times, whatever became of earlier ones. */
  readonly onGrid: boolean;
  readonly beganAt: number;
  /** Whether anything was healed; otherwise it has mended itself, and `healedAt` is when the watch over that began. */
  readonly heals: boolean;
  readonly endedAt: number;
  /** Who held the first address before. */
  readonly holder: string;
  readonly answers: readonly Answer[];
  /** Processor time of the prober, in milliseconds. */
  readonly cpuMs: number;
  readonly vips: readonly { readonly vip: Vip; readonly watched: Watched }[];
  /** What the fault itself has looked at. */
  readonly noticed: readonly Noticed[];
}

/** Milliseconds of undisturbed service before each fault, and of one holder before and after. */
const STEADY_MS = 2000;

/** Seconds until everything must have settled before a fault: hosts that the last one switched on have to boot. */
export const SETTLE_SECONDS = 60;

/** Seconds that are watched after the healing unless a fault says otherwise. */
export const HEALED_SECONDS = 4;

/** Lets a fault happen, once all hosts have done what the fault before had them do. */
export async function record(lab: Lab, hosts: readonly string[], fault: Fault): Promise<Run> {
  await bootsDone(lab, hosts);
  const watches = new Map<string, Watch>();
  const started: Recording<unknown>[] = [];
  const start = <Each extends Recording<unknown>>(recording: Each): Each => {
    started.push(recording);
    return recording;
  };
  try {
    for (const vip of fault.vips) watches.set(vip.name, start(watchVip(lab, vip)));
    const { echo } = fault.probe;
    if (echo !== undefined) await start(startEcho(lab, echo.host, echo.port)).begun;
    const holder = await holderOf(watches);
    const other = fault.vips[0]?.hosts.find((host) => host !== holder) ?? "";
    await fault.before?.({ lab });
    const prober = startProbe(lab, fault.probe.from, fault.probe.options);
    start(prober);
    await prober.begun;
    const beganAt = now();
    await sleep(STEADY_MS);
    const scene: Scene = { lab, holder, other, watches };
    const { brokenAt, wholeAt, healedAt, mendedAt } = await happen(fault, scene);
    await sleep((fault.healedSeconds ?? HEALED_SECONDS) * 1000);
    // That it never settles, or elsewhere, shows in the findings.
    await settled(watches, () => fault.expect.failsBack !== true || firstHolders(watches).join() === holder);
    const endedAt = now();
    const { answers, cpuMs } = await prober.stop();
    const vips = [];
    for (const vip of fault.vips) {
      const watched = await watches.get(vip.name)?.stop();
      if (watched !== undefined) vips.push({ vip, watched });
    }
    const moments = { brokenAt, wholeAt, healedAt, mendedAt };
    const noticed = (await fault.afterwards?.(scene, { ...moments, answers })) ?? [];
    const { options } = fault.probe;
    const pace = { intervalMs: intervalOf(options), onGrid: options.kind !== "files" };
    const run = { ...moments, beganAt, endedAt, holder, answers, cpuMs, vips, noticed, ...pace };
    return { name: fault.name, title: fault.title, heals: fault.heal !== undefined, ...run };
  } finally {
    await Promise.allSettled(started.map((recording) => recording.stop()));
  }
}

/** What every address has, in words; undefined unless each has one holder that is the only one to answer. */
function stateOf(watches: ReadonlyMap<string, Watch>): { readonly words: string; readonly whole: boolean } {
  const all = [...watches].map(([name, watch]) => {
    const [holders, answering] = [watch.holders(), watch.answering(now(), ARP_SILENCE_MS)];
    const whole = holders.length === 1 && answering.length === 1 && answering[0] === holders[0];
    return { words: `${name}: held by ${list(holders)}, answered for by ${list(answering)}`, whole };
  });
  return { words: all.map(({ words }) => words).join("; "), whole: all.every(({ whole }) => whole) };
}

function list(hosts: readonly string[]): string {
  return hosts.length === 0 ? "nobody" : hosts.join(" and ");
}

/**
 * Waits until each address has had one and the same holder, the only one that answers, for a while.
 *
 * @param wanted what must be so, besides
 * @returns the last state in words, and whether it came to that
 */
async function settled(
  watches: ReadonlyMap<string, Watch>,
  wanted: () => boolean = () => true,
): Promise<{ readonly words: string; readonly whole: boolean }> {
  const deadline = now() + SETTLE_SECONDS * 1000;
  let state = stateOf(watches);
  let since = now();
  while (now() - since < STEADY_MS && now() < deadline) {
    await sleep(50);
    const next = stateOf(watches);
    if (!next.whole || !wanted() || next.words !== state.words) since = now();
    state = next;
  }
  return { words: state.words, whole: now() - since >= STEADY_MS };
}

/** The holder of the first address, when all is well. */
async function holderOf(watches: ReadonlyMap<string, Watch>): Promise<string> {
  await Promise.all([...watches.values()].map(({ begun }) => begun));
  const { words, whole } = await settled(watches);
  assert.ok(whole, `not every address has one holder that answers, before anything was broken: ${words}`);
  return firstHolders(watches).join();
}

function firstHolders(watches: ReadonlyMap<string, Watch>): readonly string[] {
  const [first] = watches.values();
  return first?.holders() ?? [];
}

/**
 * @throws AssertionError when the service was not whole before the fault: what follows would say nothing. A request that was
 * under way when it happened is one of the fault's own.
 */
export function assertSteady({ answers, beganAt, brokenAt }: Pick<Run, "answers" | "beganAt" | "brokenAt">): void {
  const sent = answers.filter(({ sentAt }) => sentAt >= beganAt && sentAt < brokenAt);
  const lost = sent.filter(({ ok, endedAt }) => !ok && endedAt < brokenAt);
  assert.ok(sent.length > 0, "nothing was asked before the fault");
  assert.equal(lost.length, 0, `${lost.length} of ${sent.length} requests were lost before anything was broken`);
}
