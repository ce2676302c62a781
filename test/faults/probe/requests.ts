/** The single requests of a prober: each on a connection of its own, each bounded. */
import { createSocket } from "node:dgram";
import { request as plainRequest } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { Agent } from "node:http";
import { connect, isIP } from "node:net";
import { createSecureContext } from "node:tls";
import type { Lab } from "../../../lab/state.ts";
import { administratorOf } from "./administrator.ts";
import type { Answer } from "./answers.ts";
import { now } from "./clock.ts";
import type { HttpProbe, RequestProbe } from "./options.ts";

/** Sends one request; calls back once. */
export type Request = (done: (answer: Answer) => void) => void;

type End = (result: Partial<Answer>) => void;

/** What an answer's body is read of at most: enough for a pod's name. */
const BODY_BYTES = 512;

/** The request that the options describe, ready to be sent again and again. */
export function requestOf(options: RequestProbe, lab: Lab): Request {
  const { limitMs = 1000 } = options;
  switch (options.kind) {
    case "http":
      return bounded(limitMs, httpRequest(options, lab));
    case "tcp":
      return bounded(limitMs, tcpRequest(options.address, options.port));
    case "udp":
      return bounded(limitMs, udpRequest(options.address, options.port));
  }
}

/** Gives an action its time stamps and its limit. The action returns what cuts it off. */
function bounded(limitMs: number, action: (end: End) => () => void): Request {
  return (done) => {
    const sentAt = now();
    let ended = false;
    const end: End = (result) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      const status = result.status ?? 0;
      done({ sentAt, endedAt: now(), status, ok: status === 200, server: "", ...result });
    };
    const timer = setTimeout(() => {
      end({ error: "limit" });
      cutOff();
    }, limitMs);
    const cutOff = action(end);
  };
}

function httpRequest({ url, at, administrator = false }: HttpProbe, lab: Lab): (end: End) => () => void {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const tls = protocol === "https:";
  // No session is taken up again: every request is a user who comes for the first time.
  const agent = tls ? new TlsAgent({ keepAlive: false, maxCachedSessions: 0 }) : new Agent({ keepAlive: false });
  const options = {
    agent,
    host: at ?? hostname,
    port: port === "" ? (tls ? 443 : 80) : Number(port),
    path: `${pathname}${search}`,
    headers: { host, connection: "close" },
    ...(isIP(hostname) === 0 ? { servername: hostname } : { servername: "" }),
    // A box on trial has a certificate of its own making.
    rejectUnauthorized: false,
    secureContext: tls ? createSecureContext(administrator ? administratorOf(lab) : {}) : undefined,
  };
  return (end) => {
    const request = (tls ? tlsRequest : plainRequest)(options, (response) => {
      let body = "";
      const { statusCode = 0 } = response;
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (body.length < BODY_BYTES) body += chunk;
      });
      response.on("end", () => end({ status: statusCode, server: serverOf(body) }));
      response.on("error", (error) => end({ error: wordOf(error) }));
    });
    request.on("error", (error) => end({ error: wordOf(error) }));
    request.end();
    return () => request.destroy();
  };
}

/** The lab's pods answer with their names. */
function serverOf(body: string): string {
  return /"pod":\s*"([^"]*)"/.exec(body)?.[1] ?? "";
}

function tcpRequest(host: string, port: number): (end: End) => () => void {
  return (end) => {
    const socket = connect({ host, port, autoSelectFamily: false });
    socket.on("connect", () => {
      end({ status: 200 });
      socket.destroy();
    });
    socket.on("error", (error) => end({ error: wordOf(error) }));
    return () => socket.destroy();
  };
}

function udpRequest(address: string, port: number): (end: End) => () => void {
  return (end) => {
    const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
    let open = true;
    const close = (): void => {
      if (open) socket.close();
      open = false;
    };
    const finish: End = (result) => {
      end(result);
      close();
    };
    socket.on("message", (message) => finish({ status: 200, server: String(message).trim().split(" ")[1] ?? "" }));
    socket.on("error", (error) => finish({ error: wordOf(error) }));
    socket.connect(port, address, () => socket.send("probe\n"));
    return close;
  };
}

/** The system's word for an error. */
export function wordOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
