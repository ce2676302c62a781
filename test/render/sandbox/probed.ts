/** What a client notices while something is done to a server: a connection and a request every 10 ms. */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Sandbox } from "./sandbox.ts";

export interface Noticed {
  /** Longest time in which no request was answered, in ms. */
  readonly outage: number;
  readonly sent: number;
  readonly lost: number;
}

/**
 * Asks `address` from `client` while `work` goes on.
 *
 * @param options port 80 if none is named; milliseconds that the client waits for an answer, 1000 if none are; those after which an answer
 *   counts as part of an outage, 250 if none are
 * @throws Error when it is not answered again at the end.
 */
export async function probed(
  client: Sandbox,
  address: string,
  work: () => Promise<void>,
  {
    port = 80,
    patience = 1000,
    prompt = 250,
  }: { readonly port?: number; readonly patience?: number; readonly prompt?: number } = {},
): Promise<Noticed> {
  const prober = client.startNode("prober.ts", [address, String(port), String(patience)]);
  const said: Buffer[] = [];
  client.run("pgrep -f sandbox/prober.ts | xargs -r renice -n -15 -p");
  prober.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
  await pause(700);
  await work();
  await pause(patience + 200);
  client.run("pkill -TERM -f sandbox/prober.ts");
  await once(prober, "close");
  const all = JSON.parse(Buffer.concat(said).toString()) as { sent: number; took: number | null }[];
  // The last ones may still be under way. (By time: a prober that is held up sends fewer than 100 in it.)
  const end = (all.at(-1)?.sent ?? 0) - patience;
  return noticedIn(
    all.filter(({ sent }) => sent <= end),
    prompt,
  );
}

// From the first request that was not answered in time until the first that was again: a prober that is held up itself
// (a machine under load) sends nothing, and that is no outage.
function noticedIn(requests: readonly { sent: number; took: number | null }[], prompt: number): Noticed {
  let outage = 0;
  let since: number | undefined;
  for (const { sent, took } of requests) {
    if (took === null || took > prompt) since ??= sent;
    else if (since !== undefined) {
      outage = Math.max(outage, sent - since);
      since = undefined;
    }
  }
  if (since !== undefined)
    throw new Error(
      `never answered again; the last ones after ${requests
        .slice(-20)
        .map(({ took }) => took ?? "-")
        .join(", ")} ms`,
    );
  return { outage, sent: requests.length, lost: requests.filter((one) => one.took === null).length };
}
