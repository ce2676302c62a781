/**
 * Long connections. `serve HOST PORT` echoes over TCP and UDP. `run HOST PORT COUNT` keeps COUNT flows of each kind, with
 * one message every 50 ms in each; it says `ready` when each has had an echo, and on SIGTERM it writes, as JSON, for each flow the longest time without an echo (ms) and
 * whether it was ended. `run HOST PORT COUNT again` keeps TCP flows alone, each from the port of one that has just been reset.
 */
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";
import { setPriority } from "node:os";

const [mode, host = "", portText = "", count = "0", again] = process.argv.slice(2);
const port = Number(portText);

export interface Flow {
  readonly kind: "tcp" | "udp";
  readonly begun: number;
  heard: number;
  longest: number;
  echoes: number;
  ended: boolean;
}

function serve(): void {
  createServer((socket) => socket.on("error", () => socket.destroy()).pipe(socket)).listen(port, host);
  const udp = createSocket("udp4");
  udp.on("message", (message, from) => udp.send(message, from.port, from.address));
  udp.bind(port, host);
}

/** Lasts, with what is heard on it noted in `flow`. */
function lasting(flow: Flow, options: { readonly localPort?: number }): void {
  const socket = connect({ host, port, noDelay: true, ...options });
  socket.on("data", () => note(flow));
  socket.on("error", () => (flow.ended = true));
  socket.on("close", () => (flow.ended = true));
  setInterval(() => socket.writable && socket.write("x"), 50);
}

/** A connection that is reset, and the flow from the same port right after it. */
function openedAgain(flow: Flow): void {
  const first = connect({ host, port });
  first.on("connect", () => {
    const { localPort } = first;
    first.on("close", () => lasting(flow, localPort === undefined ? {} : { localPort }));
    first.resetAndDestroy();
  });
  first.on("error", () => (flow.ended = true));
}

function stream(flow: Flow): void {
  const udp = createSocket("udp4");
  udp.on("message", () => note(flow));
  // A refusal by a host on the way is no end; the next message may come through.
  udp.on("error", () => undefined);
  setInterval(() => udp.send("x", port, host, () => undefined), 50);
}

function note(flow: Flow): void {
  flow.longest = Math.max(flow.longest, Date.now() - flow.heard);
  flow.heard = Date.now();
  flow.echoes++;
}

function run(): void {
  // Its own lateness would be a silence; keepalived goes before it all the same.
  setPriority(-15);
  const flows: Flow[] = [];
  const add = (kind: Flow["kind"]): Flow => {
    const flow = { kind, begun: Date.now(), heard: Date.now(), longest: 0, echoes: 0, ended: false };
    flows.push(flow);
    return flow;
  };
  for (let index = 0; index < Number(count); index++) {
    if (again === "again") openedAgain(add("tcp"));
    else {
      lasting(add("tcp"), {});
      stream(add("udp"));
    }
  }
  const begun = setInterval(() => {
    if (!flows.every((flow) => flow.echoes > 0 || flow.ended)) return;
    process.stdout.write("ready\n");
    clearInterval(begun);
  }, 20);
  process.on("SIGTERM", () => {
    for (const flow of flows) flow.longest = Math.max(flow.longest, Date.now() - flow.heard);
    process.stdout.write(JSON.stringify(flows), () => process.exit(0));
  });
}

if (mode === "serve") serve();
else run();
