/** A watch on an object of the cluster's API, and the writes that it is to show. */
import { Agent, request, type RequestOptions } from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Lab } from "../../../lab/state.ts";
import { administratorOf } from "./administrator.ts";
import type { Answer } from "./answers.ts";
import { now } from "./clock.ts";
import { intervalOf, WATCH, type WatchProbe } from "./options.ts";
import { everyTick } from "./promptness.ts";
import { wordOf } from "./requests.ts";

const COLLECTION = "/api/v1/namespaces/default/configmaps";
const NAME = "gatebox-faults-watched";

/** Until a watch that has ended is begun again: a client that asks at once would only meet the same server. */
const AGAIN_MS = 50;

/** What the API is asked with. */
type Ask = (method: string, path: string, headers?: Record<string, string>) => ClientRequest;

/** A line of a watch: `{ object }`, which is a Status where the watch has come to an end. */
interface Event {
  readonly type: string;
  readonly object: {
    readonly metadata?: { readonly resourceVersion?: string };
    readonly data?: Readonly<Record<string, string>>;
  };
}

/**
 * Writes numbers into an object, and watches it. A write is answered when the API says so, an event is the answer of the watch
 * to a write that was. The watch goes on where the last one ended, so that it misses none.
 *
 * @returns ends both; what is unanswered then is reported as lost
 */
export function startWatch(lab: Lab, options: WatchProbe, report: (answer: Answer) => void): () => void {
  const ask = asking(lab, options);
  const waiting = new Map<number, number>();
  const seen = (number: number): void => {
    const sentAt = waiting.get(number);
    if (sentAt === undefined) return;
    waiting.delete(number);
    report({ flow: WATCH.events, sentAt, endedAt: now(), ok: true, status: 200, server: "" });
  };
  const endWatch = keepWatching(ask, options, seen);
  // A number of this run's: an event of an earlier one's writes is not ours.
  const first = Math.floor(Date.now() / 10) % 1e9;
  const stop = everyTick(intervalOf(options), now, (tick) => {
    const number = first + tick;
    const sentAt = now();
    waiting.set(number, sentAt);
    write(ask, number, options.limitMs ?? 1000, (status, error) => {
      const ok = status === 200 || status === 201;
      // What was not written need not be seen. (It may be: then that was its answer.)
      if (!ok) waiting.delete(number);
      const why = error === undefined ? {} : { error };
      report({ flow: WATCH.writes, sentAt, endedAt: now(), ok, status, server: "", ...why });
    });
  });
  return () => {
    stop();
    endWatch();
    const late = now() - 1000;
    for (const sentAt of waiting.values())
      if (sentAt < late)
        report({ flow: WATCH.events, sentAt, endedAt: now(), ok: false, status: 0, server: "", error: "no event" });
  };
}

function asking(lab: Lab, { url, at }: WatchProbe): Ask {
  const { hostname, port } = new URL(url);
  const options: RequestOptions = {
    agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
    host: at,
    port: Number(port),
    servername: hostname,
    rejectUnauthorized: false,
    ...administratorOf(lab),
  };
  return (method, path, headers = {}) => request({ ...options, method, path, headers: { host: hostname, ...headers } });
}

/** Writes a number; the object is made where it is not there (server-side apply). Calls back once, with status 0 for no answer. */
function write(ask: Ask, number: number, limitMs: number, done: (status: number, error?: string) => void): void {
  const path = `${COLLECTION}/${NAME}?fieldManager=gatebox-faults&force=true`;
  const asked = ask("PATCH", path, { "content-type": "application/apply-patch+yaml" });
  let ended = false;
  const end = (status: number, error?: string): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    asked.destroy();
    done(status, error);
  };
  const timer = setTimeout(() => end(0, "limit"), limitMs);
  asked.on("error", (error) => end(0, wordOf(error)));
  asked.on("response", (response) => end(response.statusCode ?? 0));
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: NAME }, data: { number: String(number) } };
  asked.end(JSON.stringify(object));
}

/** Watches for as long as it is not ended; each watch goes on where the last one ended. */
function keepWatching(ask: Ask, { limitMs = 1000 }: WatchProbe, seen: (number: number) => void): () => void {
  let version = "";
  let asked: ClientRequest | undefined;
  let next: NodeJS.Timeout | undefined;
  const begin = (): void => {
    const from = version === "" ? "" : `&resourceVersion=${version}`;
    const own = ask("GET", `${COLLECTION}?watch=true&fieldSelector=metadata.name%3D${NAME}${from}`);
    asked = own;
    const again = (): void => {
      if (asked !== own) return;
      asked = undefined;
      clearTimeout(limit);
      own.destroy();
      next = setTimeout(begin, AGAIN_MS);
    };
    // Until it is there; from then on it may be silent.
    const limit = setTimeout(again, limitMs);
    own.on("error", again);
    own.on("response", (response) => {
      clearTimeout(limit);
      readEvents(response, ({ type, object }) => {
        // Too old, or another error: from what there is now.
        version = type === "ERROR" ? "" : (object.metadata?.resourceVersion ?? version);
        if (type !== "ERROR") seen(Number(object.data?.["number"]));
      });
      response.on("error", again).on("close", again);
    });
    own.end();
  };
  begin();
  return () => {
    clearTimeout(next);
    const last = asked;
    asked = undefined;
    last?.destroy();
  };
}

function readEvents(response: IncomingMessage, take: (event: Event) => void): void {
  let rest = "";
  response.setEncoding("utf8");
  response.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    // An answer that is no watch (a Status with its reason) has no events in it.
    if (response.statusCode === 200) for (const line of lines) if (line !== "") take(JSON.parse(line) as Event);
  });
}
