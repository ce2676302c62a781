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
  /** Where the way has ended; undefined where it has led to an answer. */
  readonly stopped?: Stopped;
}

/** What all visits of a run have in common. */
export interface Visits {
  readonly keys: Keys;
  readonly command: string;
  /** One for all, or that of each host, by its place in the list. */
  readonly script: string | ((index: number) => string);
  /** The line of the answer whose time is wanted. */
  readonly mark: RegExp;
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
      const script = typeof visits.script === "string" ? visits.script : visits.script(index);
      return visit(connection, { ...visits, script }, Date.now() + visits.limit, wayIn);
    };
    return await Promise.all(connections.map((connection, index) => inTurn.take(() => visitOne(connection, index))));
  } finally {
    for (const bastion of await Promise.all(bastions.values())) if (!isStopped(bastion)) bastion.client.destroy();
  }
}

async function login(endpoint: SshEndpoint, keys: Keys, end: number): Promise<Entered | Stopped> {
  const stream = await dial(endpoint, end - Date.now());
  return isStopped(stream) ? stream : enter(stream, { ...endpoint, keys }, end - Date.now());
}

async function visit(
  { bastion, ...endpoint }: Connection,
  { keys, ...question }: Visits & { readonly script: string },
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
    const answer = await ask(client, question, end - Date.now());
    return isStopped(answer) ? { shown, stopped: answer } : { shown, answer };
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
