/** Many long connections at once, as a box's hosts have them to the outside. */
import { createSocket } from "node:dgram";
import { connect, isIP } from "node:net";
import type { Answer } from "./answers.ts";
import { now } from "./clock.ts";
import { intervalOf, TICK_MS, type FlowProbe } from "./options.ts";
import { everyTick } from "./promptness.ts";
import { wordOf } from "./requests.ts";

/** One end of a flow: sends a line, and says so when it is broken. */
interface Line {
  readonly send: (message: string) => void;
  readonly close: () => void;
}

/**
 * Opens the flows and sends on each in turn. Messages are numbered; the echo of each is its answer, however late.
 *
 * @returns ends them all; what is unanswered then is reported as lost
 */
export function startFlows(options: FlowProbe, report: (answer: Answer) => void): () => void {
  const { count = 200 } = options;
  const open = options.protocol === "tcp" ? openTcp : openUdp;
  const flows = Array.from({ length: count }, (_, flow) => startFlow(flow, open, options, report));
  const turns = Math.max(1, Math.round(intervalOf(options) / TICK_MS));
  const stop = everyTick(TICK_MS, now, (tick) => {
    for (let flow = tick % turns; flow < count; flow += turns) flows[flow]?.send();
  });
  return () => {
    stop();
    flows.forEach(({ end }) => end());
  };
}

type Opener = (options: FlowProbe, echoed: (line: string) => void, broken: (error: Error) => void) => Line;

function startFlow(
  flow: number,
  open: Opener,
  options: FlowProbe,
  report: (answer: Answer) => void,
): { readonly send: () => void; readonly end: () => void } {
  const waiting = new Map<number, number>();
  let count = 0;
  let trouble: string | undefined;
  const answered = (line: string): void => {
    const [number = "", server = ""] = line.split(" ");
    const sentAt = waiting.get(Number(number));
    if (sentAt === undefined) return;
    waiting.delete(Number(number));
    report({ flow, sentAt, endedAt: now(), ok: true, status: 200, server });
  };
  const lost = (error: string): void => {
    for (const sentAt of waiting.values())
      report({ flow, sentAt, endedAt: now(), ok: false, status: 0, server: "", error });
    waiting.clear();
  };
  const line = open(options, answered, (error) => {
    trouble = wordOf(error);
    // A datagram that is refused says nothing of the next one; a connection that breaks is over.
    if (options.protocol === "tcp") lost(trouble);
  });
  return {
    send: () => {
      waiting.set(count, now());
      line.send(`${count}\n`);
      count += 1;
      if (trouble !== undefined && options.protocol === "tcp") lost(trouble);
    },
    end: () => {
      lost(trouble ?? "no answer");
      line.close();
    },
  };
}

const openTcp: Opener = ({ address, port }, echoed, broken) => {
  const socket = connect({ host: address, port, autoSelectFamily: false, noDelay: true });
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(echoed);
  });
  socket.on("error", broken);
  socket.on("close", () => broken(new Error("closed")));
  return {
    send: (message) => {
      if (!socket.destroyed) socket.write(message);
    },
    close: () => socket.destroy(),
  };
};

const openUdp: Opener = ({ address, port }, echoed, broken) => {
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
  let connected = false;
  socket.on("message", (message) => echoed(String(message).trim()));
  socket.on("error", broken);
  // The callback of connect() would be called for a failure as well.
  socket.on("connect", () => {
    connected = true;
  });
  socket.connect(port, address);
  return {
    send: (message) => {
      if (connected) socket.send(message, (error) => (error ? broken(error) : undefined));
    },
    close: () => socket.close(),
  };
};
