/** What HAProxy makes of answers that a pod spoils, by the rendered defaults and the real program. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { haproxyBase } from "../../render/haproxy/base.ts";
import { parseProtobox } from "../box/parsing.ts";

/** How a pod answers, by the path that it is asked for. */
const answers: Readonly<Record<string, (socket: Socket) => void>> = {
  sound: (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  other: (socket) => void socket.end("220 mail.example ESMTP\r\n\r\n"),
  unnamed: (socket) => void socket.end("HTTP/1.1 200 OK\r\n: value\r\n\r\n"),
  lengths: (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
  zero: (socket) => void socket.end("HTTP/1.1 200 OK\r\nX-Zero: a\0b\r\nContent-Length: 2\r\n\r\nok"),
  cut: (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Le"),
  silent: (socket) => void socket.end(),
  reset: (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Le", () => socket.resetAndDestroy()),
};
const malformed = ["other", "unnamed", "lengths", "zero"];
const endedEarly = ["cut", "silent", "reset"];

describe("an answer that a pod spoils", function () {
  // A start of HAProxy, and some forty requests of milliseconds each.
  this.timeout(60_000);
  let folder: string;
  let haproxy: ChildProcess;
  let pod: Server;
  let port: number;
  const asked = new Map<string, number>();

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-spoilt-"));
    pod = createServer((socket) => {
      socket.on("error", () => undefined);
      let heard = "";
      socket.on("data", (chunk: Buffer) => {
        heard += chunk.toString("latin1");
        if (!heard.includes("\r\n\r\n")) return;
        const [method = "", target = ""] = heard.split(" ");
        heard = "";
        asked.set(`${method} ${target}`, (asked.get(`${method} ${target}`) ?? 0) + 1);
        answers[target.split("/")[1] ?? ""]?.(socket);
      });
    });
    const place = await listening(pod);
    const [gateway, metrics] = [createServer(), createServer()];
    port = await listening(gateway);
    const metricsPort = await listening(metrics);
    for (const server of [gateway, metrics]) await new Promise((resolve) => server.close(resolve));
    const { limits } = parseProtobox();
    const base = haproxyBase({ metricsAddress: "127.0.0.1", metricsPort, webservers: ["127.0.0.1"], limits });
    // The section `global` is for root on a gateway.
    const defaults = base.slice(base.indexOf("defaults gatebox-http\n"));
    const file = path.join(folder, "haproxy.cfg");
    writeFileSync(
      file,
      `${defaults}
frontend route from gatebox-http-frontend
    bind 127.0.0.1:${port}
    default_backend pods
backend pods from gatebox-http-backend
    server pod 127.0.0.1:${place}
`,
    );
    haproxy = spawn("haproxy", ["-db", "-q", "-f", file], { stdio: "ignore" });
    while (!(await accepts())) await sleep(50);
  });
  after(async () => {
    const ended = once(haproxy, "exit");
    haproxy.kill("SIGKILL");
    await ended;
    pod.close();
    rmSync(folder, { recursive: true });
  });

  async function listening(server: Server): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  /** Whether HAProxy has its port; the test's own time limit ends a wait for one that never starts. */
  function accepts(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  }

  /** The status lines that come on one connection, asked one after the other; "closed" where it ended instead. */
  async function ask(...requests: readonly string[]): Promise<readonly string[]> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    const ended = once(socket, "close").then(() => "closed");
    const statuses: string[] = [];
    for (const request of requests) {
      const length = request.startsWith("POST") ? "Content-Length: 0\r\n" : "";
      const answered = once(socket, "data").then(([chunk]) => String(chunk).slice(9, 12));
      socket.write(`${request} HTTP/1.1\r\nHost: protobox.test\r\n${length}\r\n`);
      statuses.push(await Promise.race([answered, ended]));
    }
    socket.destroy();
    return statuses;
  }

  for (const method of ["GET", "POST"]) {
    it(`${method}: is 502 where it is malformed, so that no gateway is blamed for it`, async () => {
      for (const kind of malformed) {
        assert.deepEqual(await ask(`${method} /${kind}/first`), ["502"], kind);
        assert.deepEqual(await ask(`${method} /sound/${kind}`, `${method} /${kind}/kept`), ["200", "502"], kind);
      }
    });

    // HAProxy closes a kept connection for the client to repeat its request, and no setting of it says otherwise.
    it(`${method}: is 502 where it ends within its head, and a closed connection where that one was kept`, async () => {
      for (const kind of endedEarly) {
        assert.deepEqual(await ask(`${method} /${kind}/first`), ["502"], kind);
        assert.deepEqual(await ask(`${method} /sound/${kind}`, `${method} /${kind}/kept`), ["200", "closed"], kind);
      }
    });
  }

  it("is asked for once only where the request may do harm twice, and three times more otherwise", () => {
    const times = (method: string, kinds: readonly string[]): readonly (number | undefined)[] =>
      kinds.flatMap((kind) => ["first", "kept"].map((which) => asked.get(`${method} /${kind}/${which}`)));
    const posts = times("POST", [...malformed, ...endedEarly]);
    assert.deepEqual(posts, posts.map(() => 1)); // prettier-ignore
    const malformedGets = times("GET", malformed);
    assert.deepEqual(malformedGets, malformedGets.map(() => 1)); // prettier-ignore
    for (const count of times("GET", endedEarly)) assert.ok(count !== undefined && count <= 4, `${count} times`);
  });
});
