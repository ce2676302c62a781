import type { Box, Host } from "../../box/model.ts";
import type { Registry } from "../../render/assembly.ts";
import { restOf, type Ask } from "./ask.ts";
import { toldBy, type Readiness, type Told } from "./readiness.ts";
import { readyScript } from "../../render/drained/index.ts";

/** With what a host is taken out of traffic, and given back. */
export interface Work {
  readonly box: Box;
  readonly registry: Registry;
  readonly ask: Ask;
  /** Tells the person what happens, a sentence at a time. */
  readonly say: (sentence: string) => void;
  /** Milliseconds; tests have a clock of their own. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What was asked for was not done. The message says what is, and what to do. */
export class NotDone extends Error {}

/** Seconds for a question: a probe that fails takes some 20, and is ended after 30. */
const ANSWER_SECONDS = 40;

/** Asks hosts how they are. */
export async function howAre(
  { ask }: Work,
  hosts: readonly Host[],
  asked: (host: Host) => readonly string[],
  announces: Parameters<typeof readyScript>[1] = "nothing",
): Promise<Told> {
  const heard = await ask(hosts, (host) => readyScript(asked(host), announces), ANSWER_SECONDS);
  return toldBy(
    hosts.map(({ name }) => name),
    heard,
  );
}

/**
 * Asks one host how it is.
 *
 * @throws NotDone where it does not answer
 */
export async function howIs(
  work: Work,
  host: Host,
  asked: readonly string[],
  announces: Parameters<typeof readyScript>[1] = "nothing",
): Promise<Readiness> {
  const told = (await howAre(work, [host], () => asked, announces)).get(host.name) ?? "it was not asked";
  if (typeof told === "string") throw new NotDone(`${host.name} does not answer: ${told}; nothing was changed`);
  return told;
}

/**
 * Runs a script that changes a host.
 *
 * @throws NotDone where it says so, or does not answer
 */
export async function change(work: Work, host: Host, script: string, seconds: number): Promise<readonly string[]> {
  const [heard = { problem: "it was not asked" }] = await work.ask([host], () => script, seconds);
  if ("problem" in heard)
    throw new NotDone(`${host.name}: ${heard.problem}; how far it has come is not known, look: gatebox status`);
  const [failure] = restOf(heard.lines, "failed");
  if (failure !== undefined) throw new NotDone(`${host.name}: ${failure}`);
  return heard.lines;
}
