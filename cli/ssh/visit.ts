import type { Connection, SshEndpoint } from "../../box/model.ts";
import { ask, type Answer } from "./ask.ts";
import { dial, dialThrough } from "./dial.ts";
import { enter, type Entered } from "./enter.ts";
import type { ShownKey } from "./hostKey.ts";
import type { Keys } from "./keys.ts";
import { isStopped, Stage, type Stopped } from "./stopped.ts";
import { Turns } from "./turns.ts";

/** How a visit to a host has gone. */
export interface Visit {
  /** The host's own key, once it was shown and is the declared one. */
  readonly shown?: ShownKey;
  /** What the host has answered. */
  readonly answer?: Answer;
  /** What it has answered to further questions, in their order; undefined where nothing came. */
  readonly further?: readonly (Answer | undefined)[];
  /** Where the way has ended; undefined where it has led to an answer. */
  readonly stopped?: Stopped;
}

/** What hosts are asked. */
export interface Question {
  readonly command: string;
  /** One for all, or that of each host, by its place in the list. */
  readonly script: string | ((index: number) => string);
  /** The line of the answer whose time is wanted. */
  readonly mark: RegExp;
}

/** What all visits of a run have in common. */
export interface Visits extends Question {
  readonly keys: Keys;
  /** Questions asked beside the first, over the same connection: it may fail to bring their answers without failing itself. @default none */
  readonly further?: readonly Question[];
  /** Milliseconds for all of a visit. */
  readonly limit: number;
  /** How many hosts are visited at the same time; the limit of each then begins with its own turn. @default all of them */
  readonly atOnce?: number;
}

/**
 * Visits hosts, all at once: one SSH connection each, and one to a bastion, however many hosts are behind it.
 *
 * @returns the visits in the order of the hosts
 */
export async function visitAll(connections: readonly Connection[], visits: Visits): Promise<readonly Visit[]> {
  const inTurn = new Turns(visits.atOnce ?? connections.length);
  const bastions = new Map<string, Promise<Entered | Stopped>>();
  const wayIn = (bastion: SshEndpoint): Promise<Entered | Stopped> => {
    const key = JSON.stringify(bastion);
    const known = bastions.get(key) ?? login(bastion, visits.keys, Date.now() + visits.limit);
    bastions.set(key, known);
    return known;
  };
  try {
    const visitOne = (connection: Connection, index: number): Promise<Visit> => {
      const questions = [visits, ...(visits.further ?? [])].map((one) => asked(one, index));
      return visit(connection, { keys: visits.keys, questions }, Date.now() + visits.limit, wayIn);
    };
    return await Promise.all(connections.map((connection, index) => inTurn.take(() => visitOne(connection, index))));
  } finally {
    for (const bastion of await Promise.all(bastions.values())) if (!isStopped(bastion)) bastion.client.destroy();
  }
}

/** A question as one host is asked it. */
interface Asked extends Question {
  readonly script: string;
}

function asked({ command, script, mark }: Question, index: number): Asked {
  return { command, mark, script: typeof script === "string" ? script : script(index) };
}

async function login(endpoint: SshEndpoint, keys: Keys, end: number): Promise<Entered | Stopped> {
  const stream = await dial(endpoint, end - Date.now());
  return isStopped(stream) ? stream : enter(stream, { ...endpoint, keys }, end - Date.now());
}

async function visit(
  { bastion, ...endpoint }: Connection,
  { keys, questions }: { readonly keys: Keys; readonly questions: readonly Asked[] },
  end: number,
  wayIn: (bastion: SshEndpoint) => Promise<Entered | Stopped>,
): Promise<Visit> {
  let entered: Entered | Stopped;
  if (bastion === undefined) entered = await login(endpoint, keys, end);
  else {
    const way = await wayIn(bastion);
    if (isStopped(way)) return { stopped: atBastion(way) };
    const stream = await dialThrough(way.client, endpoint, end - Date.now());
    entered = isStopped(stream) ? stream : await enter(stream, { ...endpoint, keys }, end - Date.now());
  }
  if (isStopped(entered)) return { stopped: entered, ...knownKey(entered, endpoint) };
  const { client, shown } = entered;
  try {
    const answers = await Promise.all(questions.map((question) => ask(client, question, end - Date.now())));
    const [answer, ...more] = answers;
    const further = more.length === 0 ? {} : { further: more.map((one) => (isStopped(one) ? undefined : one)) };
    if (answer === undefined) return { shown };
    return isStopped(answer) ? { shown, stopped: answer, ...further } : { shown, answer, ...further };
  } finally {
    client.destroy();
  }
}

function knownKey({ stage, shown }: Stopped, { hostKey }: SshEndpoint): Pick<Visit, "shown"> {
  return shown !== undefined && stage !== Stage.HostKey && shown.text === hostKey ? { shown } : {};
}

function atBastion({ stage, problem, withoutAgent }: Stopped): Stopped {
  const atStage = stage === Stage.Connection || withoutAgent ? problem : `${stage}: ${problem}`;
  return { stage: Stage.Bastion, problem: atStage, ...(withoutAgent ? { withoutAgent } : {}) };
}
