import type { Host } from "../../box/model.ts";
import { trafficOf, undrainScript } from "../../render/drained/index.ts";
import { restOf } from "./ask.ts";
import { peersOf } from "./peers.ts";
import type { Readiness, Told } from "./readiness.ts";
import { change, howAre, howIs, NotDone, type Work } from "./work.ts";

/** How a host gets traffic again. */
export interface UndrainOptions {
  /** Whatever its programs say. */
  readonly force: boolean;
  /** Seconds for its programs to be well. */
  readonly waitSeconds: number;
}

/** A host that takes traffic. */
export interface Undrained {
  readonly host: string;
  /** Whether it did before. */
  readonly already: boolean;
}

const UNDRAIN_SECONDS = 90;

/**
 * Gives a host traffic again, as soon as all its programs are well and its gateway reaches what its peers reach.
 *
 * @throws NotDone where it does not come to that, or is not well with traffic either
 */
export async function undrainHost(work: Work, host: Host, { force, waitSeconds }: UndrainOptions): Promise<Undrained> {
  const { assemblies } = trafficOf(work.box, host, work.registry);
  if (!force) await well(work, host, waitSeconds);
  const lines = await change(work, host, undrainScript({ assemblies }), UNDRAIN_SECONDS);
  const after = await howIs(work, host, assemblies);
  const [problem] = assemblies.flatMap((one) => problemWith(after, one));
  if (problem !== undefined && !force)
    throw new NotDone(`${host.name} is drained no longer, but is not well: ${problem}; look: gatebox status`);
  return { host: host.name, already: restOf(lines, "already").length > 0 };
}

async function well(work: Work, host: Host, waitSeconds: number): Promise<void> {
  const end = work.now() + waitSeconds * 1000;
  const peers = await howAre(work, peersOf(work.box, host, work.registry), () => []);
  for (let told = false; ; told = true) {
    const problems = problemsOf(work, host, await howAre(work, [host], (one) => assembliesOf(work, one)), peers);
    if (problems.length === 0) return;
    if (work.now() >= end)
      throw new NotDone(
        `${host.name} stays as it is: after ${waitSeconds} s it is not well:${problems.map((one) => `\n  ${one}`).join("")}\nPut that right, or use --force.`,
      );
    if (!told) work.say(`${host.name}: waiting, ${waitSeconds} s at most: ${problems[0] ?? ""}`);
    await work.pause(2000);
  }
}

/** All assemblies of a host. */
export function assembliesOf({ box, registry }: Work, host: Host): readonly string[] {
  return registry.assembliesOf(box, host).map(({ name }) => name);
}

/** What is not well with a host, with its routes as its peers see them. */
function problemsOf(work: Work, host: Host, own: Told, peers: Told): string[] {
  const told = own.get(host.name) ?? "it was not asked";
  if (typeof told === "string") return [`it does not answer: ${told}`];
  const others = [...peers.values()].filter((one) => typeof one !== "string");
  return [
    ...assembliesOf(work, host).flatMap((one) => problemWith(told, one)),
    ...[...told.down]
      .filter((route) => others.some(({ up }) => up.has(route)))
      .map((route) => `${route} is down for it, and up for another`),
  ];
}

/** What is not well with one assembly of a host: none or one sentence. */
export function problemWith({ works, fails }: Readiness, assembly: string): string[] {
  return works.has(assembly) ? [] : [`${assembly}: ${fails.get(assembly) ?? "not known"}`];
}
