/** Files on a shared volume, written and read back as programs of its hosts do it. */
import { open, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { leaderOf } from "../../../lab/hosts/machine.ts";
import type { Lab } from "../../../lab/state.ts";
import type { Answer } from "./answers.ts";
import { now } from "./clock.ts";
import { BOTH_EVERY, intervalOf, type FilesProbe } from "./options.ts";
import { wordOf } from "./requests.ts";

const BYTES = 4096;

/**
 * Writes file after file on each of the hosts, each a flow, and reads each back: the next one when the last one is done. Now and
 * then it is one file that all of them write.
 *
 * @returns ends them; what is under way then is not reported
 */
export function startFiles(lab: Lab, options: FilesProbe, report: (answer: Answer) => void): () => void {
  let ended = false;
  const over = (): boolean => ended;
  const keepWriting = async (host: string, flow: number): Promise<void> => {
    let root = await rootOf(lab, host);
    for (let number = 1; !over(); number += 1) {
      const sentAt = now();
      const error = await written(`${root}${options.directory}`, host, number).catch(wordOf);
      if (over()) return;
      const outcome = error === undefined ? { ok: true, status: 200 } : { ok: false, status: 0, error };
      report({ flow, sentAt, endedAt: now(), server: "", ...outcome });
      // Where the host was off and is another process now.
      if (error !== undefined) root = await rootOf(lab, host);
      await sleep(intervalOf(options));
    }
  };
  options.hosts.forEach((host, flow) => void keepWriting(host, flow));
  return () => {
    ended = true;
  };
}

/** Where the machine sees a host's files, whatever is mounted there; nowhere while it is off. */
async function rootOf(lab: Lab, host: string): Promise<string> {
  return `/proc/${(await leaderOf(lab, host)) ?? "none"}/root`;
}

/** @returns nothing where all is well; what is wrong with what was read otherwise. @throws Error of the system's */
async function written(directory: string, host: string, number: number): Promise<string | undefined> {
  const both = number % BOTH_EVERY === 0;
  const file = `${directory}/${both ? "both" : `${host}-${number}`}`;
  const content = `${host} ${number} `.padEnd(BYTES, "x");
  const handle = await open(file, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return both || (await readFile(file, "utf8")) === content ? undefined : "read something else than was written";
}
