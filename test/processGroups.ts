import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** How a command ended: by itself, or with 1 when a signal or its time limit ended it. */
export interface Ended {
  readonly code: number;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/** What a command is run with. */
export interface GroupOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds after which the whole group is ended. */
  readonly limit: number;
  /** Milliseconds between being asked to end, at the limit, and being killed. */
  readonly grace: number;
}

/** What has left its group and holds the output of a command that has ended is not waited for any longer than this, in ms. */
const restOfOutput = 2000;

/**
 * Commands that run beside each other, each as the leader of a process group of its own: what a command has started in turn
 * ends with it.
 */
export class ProcessGroups {
  readonly #leaders = new Set<ChildProcess>();
  readonly #asked = new WeakSet<ChildProcess>();

  /** Runs a command to its end. One that cannot be started has failed. */
  async run(program: string, args: readonly string[], { cwd, env, limit, grace }: GroupOptions): Promise<Ended> {
    const leader = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.#leaders.add(leader);
    const output: Buffer[] = [];
    for (const stream of [leader.stdout, leader.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
    // Who was asked to end has ended with the leader, or does not mean to.
    leader.on("exit", () => this.#asked.has(leader) && signalGroup(leader, "SIGKILL"));
    const settled = new AbortController();
    void passes(limit, settled.signal).then(async (isLate) => {
      if (!isLate) return;
      output.push(Buffer.from(`\nThe step has not ended within ${limit / 60_000} min: it is ended.\n`));
      this.#ask(leader, "SIGTERM");
      if (await passes(grace, settled.signal)) this.#ask(leader, "SIGKILL");
    });
    const { code, words } = await outcomeOf(leader);
    settled.abort();
    this.#leaders.delete(leader);
    return { code, output: Buffer.concat([...output, Buffer.from(words)]).toString() };
  }

  /** Sends a signal to every process of every group that runs. */
  signal(signal: NodeJS.Signals): void {
    for (const leader of this.#leaders) this.#ask(leader, signal);
  }

  #ask(leader: ChildProcess, signal: NodeJS.Signals): void {
    this.#asked.add(leader);
    signalGroup(leader, signal);
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

async function outcomeOf(leader: ChildProcess): Promise<{ readonly code: number; readonly words: string }> {
  return new Promise((resolve) => {
    const end = (code: number, words = "") => {
      for (const stream of [leader.stdout, leader.stderr]) stream?.destroy();
      resolve({ code, words });
    };
    leader.on("error", (error) => end(127, `${error.message}\n`));
    leader.on("close", (status) => end(status ?? 1));
    leader.on(
      "exit",
      (status) => void setTimeout(restOfOutput, undefined, { ref: false }).then(() => end(status ?? 1)),
    );
  });
}

/** @returns whether the time has passed before `ended` was given */
async function passes(milliseconds: number, ended: AbortSignal): Promise<boolean> {
  return setTimeout(milliseconds, true, { signal: ended }).catch(() => false);
}
