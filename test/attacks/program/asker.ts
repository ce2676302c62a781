/**
 * Asks as no sound client would: whatever bytes it is given, over TLS or not, over HTTP/1 or as frames of HTTP/2. It runs in the
 * network namespace of a machine of the lab; standard input is a list of `Question`s in JSON, standard output one of `Reply`s.
 */
import { connect as connectPlain, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { frames, headersFrame, preface } from "./frames.ts";

/** One request on a connection of its own. */
export interface Question {
  readonly address: string;
  readonly port: number;
  /** Over TLS, with this name in the handshake; `""` for none. Absent: without TLS. */
  readonly serverName?: string;
  /** What is sent over HTTP/1, in base64. */
  readonly bytes?: string;
  /** What is sent over HTTP/2 instead: a head, each header as it is. */
  readonly head?: readonly (readonly [name: string, value: string])[];
  /** Milliseconds for which more is read after a whole answer. */
  readonly linger?: number;
}

/** What came back. */
export interface Reply {
  /** 0 when there was no answer, or when it came over HTTP/2, of which only bodies are read. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** How the connection ended, when it did not end in order. */
  readonly error?: string;
}

// Longer than any answer takes here but by the edge's own time limits.
const patience = 8000;
const atOnce = 8;

/** Milliseconds between two connections: 140 a second, below what one address may open (`clientNewConnectionsPerSecond`). */
const apart = 7;

function open({ address, port, serverName, head }: Question): Socket {
  if (serverName === undefined) return connectPlain({ host: address, port });
  const name = serverName === "" ? {} : { servername: serverName };
  const protocols = { ALPNProtocols: [head === undefined ? "http/1.1" : "h2"] };
  return connectTls({
    host: address,
    port,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...name,
    ...protocols,
  });
}

/** Whether an answer of HTTP/1 is whole. */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (/^HTTP\/1\.1 (?:101|204|304) /.test(head)) return true;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return Buffer.byteLength(body, "latin1") >= Number(length);
  return /^transfer-encoding: *chunked/im.test(head) && /(?:^|\r\n)0\r\n\r\n$/.test(body);
}

function unchunked(body: string): string {
  let rest = body;
  let whole = "";
  for (;;) {
    const [line, size = ""] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    if (line === undefined || Number.parseInt(size, 16) === 0) return whole;
    const from = line.length;
    whole += rest.slice(from, from + Number.parseInt(size, 16));
    rest = rest.slice(from + Number.parseInt(size, 16) + 2);
  }
}

function replyOf(text: string, error: string | undefined): Reply {
  const end = text.indexOf("\r\n\r\n");
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? "" : text.slice(end + 4);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
  const isChunked = /^transfer-encoding: *chunked/im.test(head) && status !== 101;
  return { status, head, body: isChunked ? unchunked(body) : body, ...(error === undefined ? {} : { error }) };
}

function ask(question: Question): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = open(question);
    const received: Buffer[] = [];
    let error: string | undefined;
    let lingering: NodeJS.Timeout | undefined;
    const done = (): void => {
      socket.destroy();
    };
    const late = setTimeout(() => {
      error = "no end";
      done();
    }, patience);
    socket.on(question.serverName === undefined ? "connect" : "secureConnect", () => {
      if (question.head !== undefined) socket.write(Buffer.concat([preface, headersFrame(question.head)]));
      else socket.write(Buffer.from(question.bytes ?? "", "base64"));
    });
    socket.on("data", (chunk: Buffer) => {
      received.push(chunk);
      const all = Buffer.concat(received);
      const whole = question.head === undefined ? isWhole(all.toString("latin1")) : frames(all).ended;
      if (whole && lingering === undefined) lingering = setTimeout(done, question.linger ?? 0);
    });
    socket.on("error", ({ message }) => (error ??= message));
    socket.on("close", () => {
      clearTimeout(late);
      clearTimeout(lingering);
      const all = Buffer.concat(received);
      if (question.head === undefined) resolve(replyOf(all.toString("latin1"), error));
      else resolve({ status: 0, head: "", body: frames(all).data, ...(error === undefined ? {} : { error }) });
    });
  });
}

const input: Buffer[] = [];
for await (const chunk of process.stdin) input.push(chunk as Buffer);
const questions = JSON.parse(Buffer.concat(input).toString()) as readonly Question[];
const replies: Reply[] = [];
const begun = Date.now();
let next = 0;
async function work(): Promise<void> {
  for (let mine = next++; mine < questions.length; mine = next++) {
    const question = questions[mine];
    await sleep(Math.max(0, begun + mine * apart - Date.now()));
    if (question !== undefined) replies[mine] = await ask(question);
  }
}
await Promise.all(Array.from({ length: atOnce }, work));
process.stdout.write(JSON.stringify(replies));
