import assert from "node:assert/strict";
import { askAll, edge, request, seenBy } from "./asking.ts";
import { anyCase, numbers, oneOf } from "./generated.ts";
import type { Question, Reply } from "./program/asker.ts";

const key = ["Sec-WebSocket-Key", "c2FtcGxlIG5vbmNlIDEyMw=="] as const;
const version = ["Sec-WebSocket-Version", "13"] as const;
const behind = "GET /argocd/second HTTP/1.1\r\nHost: protobox.test\r\nConnection: close\r\n\r\n";

/** Protocols that nobody has declared. */
function token(random: () => number): string {
  const words = [
    "h2c",
    "h2",
    "tls/1.0",
    "TLS/1.3",
    "SPDY/3.1",
    "HTTP/2.0",
    "connect-udp",
    "websocket2",
    "web",
    "IRC/6.9",
  ];
  const one = anyCase(random, oneOf(random, words));
  const forms = [one, `${one}, websocket`, `websocket, ${one}`, `websocket/${one}`, `x-${one}`, `${one};a=b`];
  return oneOf(random, forms);
}

function tokens(count: number): string[] {
  const random = numbers(2);
  return Array.from({ length: count }, () => token(random));
}

/** What the pod saw of a change of protocol; undefined where there was none. */
function upgradeSeen(reply: Reply): readonly string[] | undefined {
  const seen = seenBy(reply);
  return seen?.headers["Upgrade"];
}

describe("attacks: a change of protocol", () => {
  it("passes for no protocol but the declared one, over HTTP/1.1: the request is served as if nothing had been asked", async () => {
    const questions = tokens(100).flatMap((protocol): Question[] =>
      ["/argocd/", "/dash/"].map((target) => ({
        ...edge,
        bytes: request(
          target,
          [
            ["Upgrade", protocol],
            ["HTTP2-Settings", "AAMAAABkAAQAAP__"],
          ],
          {
            connection: "Upgrade, HTTP2-Settings",
            after: behind,
          },
        ),
        linger: 50,
      })),
    );
    const replies = await askAll("client", questions);
    const switched = replies.filter(({ status }) => status === 101);
    const asked = replies.filter((reply) => upgradeSeen(reply) !== undefined);
    console.log(
      `      ${replies.length} upgrades over HTTP/1.1, ${switched.length} switched, ${asked.length} seen by a pod`,
    );
    assert.deepEqual([switched.length, asked], [0, []]);
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
  });

  it("passes for nothing at all over HTTP/2", async () => {
    const random = numbers(3);
    const questions = Array.from({ length: 50 }, (): Question => {
      const protocol = random() < 0.5 ? "websocket" : token(random);
      const head = [
        [":method", "GET"],
        [":scheme", "https"],
        [":authority", "protobox.test"],
        [":path", "/argocd/"],
        ["upgrade", protocol],
        ["connection", "upgrade"],
        ["sec-websocket-key", key[1]],
        ["sec-websocket-version", "13"],
      ] as const;
      return { ...edge, head };
    });
    const replies = await askAll("client", questions);
    const asked = replies.filter((reply) => upgradeSeen(reply) !== undefined);
    console.log(`      ${replies.length} upgrades over HTTP/2, ${asked.length} seen by a pod`);
    assert.deepEqual(asked, []);
  });

  it("passes for no protocol at a gateway either, whoever asks", async () => {
    for (const from of ["webserver-1", "gateway-4"]) {
      const questions = tokens(50).map((protocol): Question => ({
        address: "192.168.2.11",
        port: 30160,
        bytes: request("/", [["Upgrade", protocol]], { connection: "Upgrade", after: behind }),
      }));
      const replies = await askAll(from, questions);
      const through = replies.filter((reply) => reply.status === 101 || upgradeSeen(reply) !== undefined);
      console.log(`      ${replies.length} upgrades from ${from} to a gateway, ${through.length} passed`);
      assert.deepEqual(through, []);
    }
  });

  it("does not pass where no location declares it, not even for a WebSocket", async () => {
    const ask = (target: string): Question => ({
      ...edge,
      bytes: request(target, [["Upgrade", "websocket"], key, version], { connection: "Upgrade" }),
    });
    const direct: Question = {
      address: "192.168.2.11",
      port: 30161,
      bytes: request("/", [["Upgrade", "websocket"], key, version], { connection: "Upgrade" }),
    };
    const [there] = await askAll("client", [ask("/argocd/")]);
    const [elsewhere] = await askAll("client", [ask("/dash/")]);
    const [past] = await askAll("webserver-1", [direct]);
    assert.deepEqual([there?.status, elsewhere?.status, past?.status], [101, 200, 200]);
    assert.deepEqual([upgradeSeen(elsewhere!), upgradeSeen(past!)], [undefined, undefined]);
  });
});
