/** Scripts for the hosts of a box, and what they answer. */
import type { Host } from "../../box/model.ts";
import type { Keys } from "../ssh/keys.ts";
import { rootShell } from "../ssh/rootShell.ts";
import { visitAll, type Visit } from "../ssh/visit.ts";

/** What a host has answered, from the first line of the script to its last, or why there is nothing. */
export type Heard = { readonly lines: readonly string[] } | { readonly problem: string };

/** Runs a script on hosts, on all at once, as root, and waits for their answers for some seconds. */
export type Ask = (
  hosts: readonly Host[],
  scriptOf: (host: Host) => string,
  seconds: number,
) => Promise<readonly Heard[]>;

/** The first line of an answer. */
const firstLine = /^gatebox-[a-z]+ 1\r?$/m;

/** Seconds by which a script ends before its answer is no longer waited for. */
const SPARE = 2;

/** Asks by SSH: one connection for each question, and none stays. */
export function askBySsh(keys: Keys): Ask {
  return async (hosts, scriptOf, seconds) => {
    const reachable = hosts.flatMap((host) =>
      host.connection === undefined ? [] : [{ host, connection: host.connection }],
    );
    const visits = await visitAll(
      reachable.map(({ connection }) => connection),
      {
        keys,
        command: rootShell(Math.max(1, seconds - SPARE)),
        script: (index) => {
          const asked = reachable[index];
          return asked === undefined ? "" : scriptOf(asked.host);
        },
        mark: firstLine,
        limit: seconds * 1000,
      },
    );
    const heard = new Map(reachable.map(({ host }, index) => [host.name, heardOf(visits[index] ?? {})]));
    return hosts.map(({ name }) => heard.get(name) ?? { problem: "the stack does not configure it" });
  };
}

function heardOf({ stopped, answer }: Visit): Heard {
  if (stopped?.withoutAgent) return { problem: "there is no SSH agent with a key" };
  if (stopped) return { problem: `${stopped.stage}: ${stopped.problem}` };
  const lines = answered(answer?.text ?? "");
  const said = (answer?.errors ?? "").trim().split("\n").at(-1) ?? "";
  return lines === undefined
    ? { problem: said === "" ? "it did not answer to the end in time" : `it says: ${said}` }
    : { lines };
}

/** The lines between the first and the last; undefined where one of the two is missing. Before it may be those of a login shell. */
export function answered(text: string): readonly string[] | undefined {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => firstLine.test(line));
  const end = first === -1 ? -1 : lines.indexOf("end", first);
  return end === -1 ? undefined : lines.slice(first + 1, end);
}

/** The rest of each line that begins with a word. */
export function restOf(lines: readonly string[], word: string): readonly string[] {
  return lines
    .filter((line) => line === word || line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1));
}
