import type { Host } from "../../box/model.ts";
import { drainScript, remainingScript, trafficOf, type Traffic } from "../../render/drained/index.ts";
import { restOf } from "./ask.ts";
import { lackingWithout, peersOf } from "./peers.ts";
import { change, howAre, howIs, NotDone, type Work } from "./work.ts";

/** How a host is drained. */
export interface DrainOptions {
  /** Also where no other host would be left serving. */
  readonly force: boolean;
  /** Seconds for connections to end. */
  readonly waitSeconds: number;
}

/** A host that is out of traffic. */
export interface Drained {
  readonly host: string;
  /** Whether it was so before. */
  readonly already: boolean;
  /** Connections of clients that go on at its own addresses. */
  readonly remaining: number;
  /** Those that were open at virtual IPs when these moved. */
  readonly cutOff: number;
  /** What nobody serves now; only with `force`. */
  readonly lacking: readonly string[];
}

/** Seconds for the locks of a host, a reload and the move of its addresses. */
const DRAIN_SECONDS = 110;
const COUNT_SECONDS = 15;

/** Whether another host could take any traffic of this one. */
export function hasTraffic({ assemblies }: Traffic): boolean {
  return assemblies.length > 0;
}

/**
 * Takes a host out of traffic. It is announced on the host before its peers are asked: of two who drain two hosts at once, one at
 * least finds the announcement of the other.
 *
 * @throws NotDone where nothing was done, or it was undone
 */
export async function drainHost(work: Work, host: Host, { force, waitSeconds }: DrainOptions): Promise<Drained> {
  const traffic = trafficOf(work.box, host, work.registry);
  if (!hasTraffic(traffic))
    throw new NotDone(
      `${host.name} has neither virtual IPs nor clients that another host could serve: nothing to drain`,
    );
  const own = await howIs(work, host, [], "begin");
  if (own.isBeingDrained)
    throw new NotDone(
      `${host.name} is about to be drained by somebody else; if that was broken off, try again in two minutes`,
    );
  const lacking = own.isDrained ? [] : await withoutIt(work, host, force);
  const lines = await change(work, host, drainScript(traffic, force), DRAIN_SECONDS);
  const stays = restOf(lines, "stays")[0];
  if (stays !== undefined) work.say(`${host.name}: ${stays}: that stays`);
  for (const odd of restOf(lines, "odd")) work.say(`${host.name}: ${odd}`);
  const remaining = await restEnded(work, host, traffic, { count: numberIn(lines, "remaining"), waitSeconds });
  const already = restOf(lines, "already").length > 0;
  return { host: host.name, already, remaining, cutOff: numberIn(lines, "cut-off"), lacking };
}

async function withoutIt(work: Work, host: Host, force: boolean): Promise<readonly string[]> {
  const peers = peersOf(work.box, host, work.registry);
  const told = await howAre(work, peers, (peer) => trafficOf(work.box, peer, work.registry).assemblies);
  const lacking = lackingWithout(work.box, host, told, work.registry);
  if (lacking.length === 0) return lacking;
  const list = lacking.map((one) => `\n  ${one}`).join("");
  if (!force) {
    await howAre(work, [host], () => [], "end");
    throw new NotDone(
      `${host.name} was not drained, as nobody else would serve:${list}\nPut that right first, or use --force.`,
    );
  }
  work.say(`${host.name} is drained all the same; nobody else serves:${list}`);
  return lacking;
}

async function restEnded(
  work: Work,
  host: Host,
  traffic: Traffic,
  { count, waitSeconds }: { readonly count: number; readonly waitSeconds: number },
): Promise<number> {
  const end = work.now() + waitSeconds * 1000;
  let remaining = count;
  if (remaining > 0)
    work.say(`${host.name}: nothing new comes to it; waiting for ${connections(remaining)}, ${waitSeconds} s at most`);
  while (remaining > 0 && work.now() < end) {
    await work.pause(Math.min(1000, Math.max(0, end - work.now())));
    remaining = numberIn(await change(work, host, remainingScript(traffic), COUNT_SECONDS), "remaining");
  }
  return remaining;
}

function numberIn(lines: readonly string[], word: string): number {
  const [text = ""] = restOf(lines, word);
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** A number of connections, as a sentence has it. */
export function connections(count: number): string {
  return count === 1 ? "1 connection" : `${count} connections`;
}
