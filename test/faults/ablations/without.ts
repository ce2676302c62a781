/** Taking a mechanism away while something happens, and restoring it on every host whatever comes of it. */
import type { Ablation, Step } from "./ablation.ts";

/** How hosts are reached. */
export interface Reach {
  /** Runs a script on a host that must succeed. */
  readonly onHost: (host: string, step: Step) => Promise<unknown>;
  /** Switches a host on, where the fault has left it without power. */
  readonly switchOn: (host: string) => Promise<unknown>;
}

/**
 * Lets something happen while a mechanism is taken away on hosts. It is restored on each of them, also where it was not taken
 * away any more, and whether or not another one can be repaired.
 *
 * @throws what went wrong first; where a host could not be put right, an error that names it, with that as its cause
 */
export async function without<Result>(
  { hosts, remove, restore }: Pick<Ablation, "hosts" | "remove" | "restore">,
  { onHost, switchOn }: Reach,
  happen: () => Promise<Result>,
): Promise<Result> {
  const happened = await settle(async () => {
    for (const host of hosts) for (const step of remove) await onHost(host, step);
    return happen();
  });
  const repairs = hosts.map(async (host) => {
    const settled = [await settle(() => switchOn(host))];
    // A host on which nobody can log in is reached all the same, and a step that fails keeps no other from being taken.
    for (const step of restore) settled.push(await settle(() => onHost(host, step)));
    return settled;
  });
  const troubles = (await Promise.all(repairs)).map((all) => all.filter(({ status }) => status === "rejected"));
  const words = hosts.flatMap((host, n) => (troubles[n] ?? []).map((trouble) => `${host}: ${wordsOf(trouble)}`));
  if (words.length > 0) {
    const cause: unknown = happened.status === "rejected" ? happened.reason : undefined;
    const before = happened.status === "rejected" ? `${wordsOf(happened)}\n` : "";
    throw new Error(`${before}not everything that was taken away is restored:\n${words.join("\n")}`, { cause });
  }
  if (happened.status === "rejected") throw happened.reason;
  return happened.value;
}

/**
 * What the test of a fault says that could not even be made: the last line of the error, where that is what the ablation
 * is expected to break.
 *
 * @throws the error itself otherwise: a prober that died, or a lab that was not whole, shows nothing
 */
export function saidBy(error: unknown, breaks: string): string {
  const words = error instanceof Error ? (error.message.split("\n").at(-1) ?? "") : String(error);
  if (breaks !== "" && words.startsWith(breaks)) return words;
  throw error;
}

async function settle<Result>(action: () => Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [settled] = await Promise.allSettled([action()]);
  return settled;
}

function wordsOf(settled: PromiseSettledResult<unknown>): string {
  if (settled.status === "fulfilled") return "";
  return settled.reason instanceof Error ? settled.reason.message : String(settled.reason);
}
