import { Agent as PlainAgent, request as plain, type IncomingMessage } from "node:http";
import { Agent, request as encrypted } from "node:https";
import type { Credentials } from "./credentials.ts";
import { textAt, type Access } from "./kubeconfig.ts";

/** What an API server has answered. */
export interface Reply {
  readonly status: number;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
}

/** Asks the API server. @throws Error when it does not answer */
export type Ask = (method: "GET" | "POST", path: string, body?: unknown) => Promise<Reply>;

/** The answers that are asked for have some hundred kilobytes at most. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Names and addresses of nodes come as a table: whole nodes list all their images. */
const tables = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** For objects as they are. */
export const plainObjects = "application/json";

/** Connections at a time. */
const AT_ONCE = 4;

/**
 * A way to ask one cluster; all of it ends when `signal` says so.
 *
 * @param accepted the form of the answers. @default a table, where there is one
 */
export function apiOf(
  { server, cluster }: Access,
  credentials: Credentials,
  signal: AbortSignal,
  accepted = tables,
): Ask {
  const { authorization, ...tls } = credentials;
  const base = new URL(server.endsWith("/") ? server : `${server}/`);
  const isPlain = base.protocol === "http:";
  const servername = textAt(cluster, "tls-server-name");
  const options = {
    ...tls,
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
    ...(servername === undefined ? {} : { servername }),
    agent: new (isPlain ? PlainAgent : Agent)({ keepAlive: true, maxSockets: AT_ONCE }),
    signal,
  };
  // Kept connections are of no use afterwards.
  signal.addEventListener("abort", () => options.agent.destroy());
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        Accept: accepted,
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(text === "" ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
      };
      const request = isPlain ? plain : encrypted;
      const sent = request(new URL(path, base), { ...options, method, headers }, (response) => {
        replyOf(response).then(resolve, reject);
      });
      sent.on("error", reject);
      sent.end(text);
    });
}

async function replyOf(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error("it answers with more than 8 MB");
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString("utf8")) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
