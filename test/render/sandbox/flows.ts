/**
 * Long connections. `serve HOST PORT` echoes over TCP and UDP. `run HOST PORT COUNT` keeps COUNT flows of each kind, with
 * one message every 50 ms in each; on SIGTERM it writes, as JSON, for each flow the longest time without an echo (ms) and
 * whether it was ended.
 */
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";

const [mode, host = "", portText = "", count = "0"] = process.argv.slice(2);
const port = Number(portText);

interface Flow {
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

function run(): void {
  const flows: Flow[] = [];
  const add = (kind: Flow["kind"]): Flow => {
    const flow = { kind, begun: Date.now(), heard: Date.now(), longest: 0, echoes: 0, ended: false };
    flows.push(flow);
    return flow;
  };
  const note = (flow: Flow): void => {
    flow.longest = Math.max(flow.longest, Date.now() - flow.heard);
    flow.heard = Date.now();
    flow.echoes++;
  };
  for (let index = 0; index < Number(count); index++) {
    const flow = add("tcp");
    const socket = connect({ host, port, noDelay: true });
    socket.on("data", () => note(flow));
    socket.on("error", () => (flow.ended = true));
    socket.on("close", () => (flow.ended = true));
    setInterval(() => socket.writable && socket.write("x"), 50);

    const stream = add("udp");
    const udp = createSocket("udp4");
    udp.on("message", () => note(stream));
    // A refusal by a host on the way is no end; the next message may come through.
    udp.on("error", () => undefined);
    setInterval(() => udp.send("x", port, host, () => undefined), 50);
  }
  process.on("SIGTERM", () => {
    for (const flow of flows) flow.longest = Math.max(flow.longest, Date.now() - flow.heard);
    process.stdout.write(JSON.stringify(flows), () => process.exit(0));
  });
}

if (mode === "serve") serve();
else run();
