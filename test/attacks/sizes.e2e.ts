import assert from "node:assert/strict";
import { onHost, world } from "../e2e/world.ts";
import { askAll, edge, request, seenBy } from "./asking.ts";
import type { Question, Reply } from "./program/asker.ts";

/** What the stack takes: `limits.headerKb`, which the Protobox leaves as it is. */
const limitKb = 64;
// Around the limit the first line, what both tiers add and the names of headers decide.
const slackKb = 2;
const sizesKb = Array.from({ length: 128 }, (_, index) => index + 1);

const filler = (kilobytes: number): string => "a".repeat(kilobytes * 1024 - 200);

/** Headers of half a kilobyte each. */
function parts(bytes: number): (readonly [name: string, value: string])[] {
  return Array.from({ length: Math.ceil(bytes / 500) }, (_, index) => [`X-Part-${index}`, "a".repeat(480)] as const);
}

/** A request with a head of that size: in one header, in the path, or in many headers. */
const shapes: Readonly<Record<string, (kilobytes: number) => string>> = {
  "one cookie": (kilobytes) => request("/argocd/", [["Cookie", filler(kilobytes)]]),
  "the query": (kilobytes) => request(`/argocd/?${filler(kilobytes)}`),
  "many headers": (kilobytes) => request("/argocd/", parts(filler(kilobytes).length)),
};

describe("attacks: sizes", () => {
  for (const [shape, bytes] of Object.entries(shapes)) {
    it(`of a request, with ${shape}: each reaches the pod whole, or is refused by the edge`, async () => {
      const replies = await askAll(
        "client",
        sizesKb.map((size): Question => ({ ...edge, bytes: bytes(size) })),
      );
      const outcomes = sizesKb.map((size, index) => ({ size, status: replies[index]?.status }));
      const wrong = outcomes.filter(({ size, status }) =>
        size <= limitKb - slackKb
          ? status !== 200
          : size > limitKb + slackKb
            ? status !== 431
            : ![200, 431].includes(status ?? 0),
      );
      console.log(`      ${sizesKb.length} sizes of a request with ${shape}, ${wrong.length} otherwise than declared`);
      assert.deepEqual(wrong, []);
      const whole = replies.flatMap((reply) => (reply.status === 200 ? [seenBy(reply)] : []));
      assert.ok(whole.every((seen) => seen?.app === "argocd"));
    });
  }

  it("of an answer: each reaches the client whole, or is a 502 that costs no gateway its turn", async () => {
    const questions = sizesKb.map((size): Question => {
      const head = size * 1024 - 300;
      return { ...edge, bytes: request(`/dash/answer?head=${head}&body=10`) };
    });
    const replies = await askAll("client", questions);
    const outcomes = sizesKb.map((size, index) => ({ size, status: replies[index]?.status }));
    const wrong = outcomes.filter(({ size, status }) =>
      size <= limitKb - slackKb
        ? status !== 200
        : size > limitKb + 16
          ? status !== 502
          : ![200, 502].includes(status ?? 0),
    );
    console.log(`      ${sizesKb.length} sizes of an answer, ${wrong.length} otherwise than declared`);
    assert.deepEqual(wrong, []);
    const short = replies.filter(({ status, body }) => status === 200 && body !== "bbbbbbbbbb");
    assert.deepEqual(short, []);
  });

  it("that a gateway is asked for directly pass as at the edge", async () => {
    const direct = { address: "192.168.2.11", port: 30160 };
    const cookie = (size: number): Question => ({ ...direct, bytes: request("/", [["Cookie", filler(size)]]) });
    const replies = await askAll("webserver-1", [1, 15, 21, 40, limitKb - slackKb].map(cookie));
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
  });
});

const log = "/var/log/nginx/error.log";

async function logSize(): Promise<number> {
  const { lab } = await world();
  return Number(await onHost(lab, "webserver-1", `wc -c <${log}`));
}

/** What nginx has said since about gateways that it passes over. */
async function disabledSince(begun: number): Promise<string[]> {
  const { lab } = await world();
  const said = await onHost(
    lab,
    "webserver-1",
    `tail -c +${begun + 1} ${log} | grep -F 'temporarily disabled' || true`,
  );
  return said.split("\n").filter(Boolean);
}

/** Requests of others between those whose answers are spoilt, as far as they are not answered 200. */
async function othersThatFail(answers: readonly string[]): Promise<Reply[]> {
  const spoil = answers.map((text): Question => {
    const raw = Buffer.from(text, "latin1").toString("base64url");
    return { ...edge, bytes: request(`/dash/answer?raw=${raw}`) };
  });
  const other: Question = { ...edge, bytes: request("/dash/") };
  // With all three gateways counted as failed, one of the next requests would show it.
  const replies = await askAll(
    "client",
    spoil.flatMap((one) => [one, other, other, other, other]),
  );
  const others = replies.filter((_, index) => index % 5 !== 0);
  const failed = others.filter(({ status }) => status !== 200);
  console.log(`      ${answers.length} spoilt answers, ${failed.length} of ${others.length} other requests failed`);
  return failed;
}

describe("attacks: answers that one pod spoils", () => {
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n";
  const spoilt: readonly string[] = [
    "nonsense\r\n\r\n",
    "HTTP/1.1 999999 X\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    `${ok}Bad Name: x\r\n\r\na`,
    `${ok}: x\r\n\r\na`,
    `${ok}X: a\0b\r\n\r\na`,
    `${ok}X: a\x01b\r\n\r\na`,
    `${ok}X: a\nY: b\r\n\r\na`,
    `${ok} folded\r\n\r\na`,
    `${ok}Date: x\r\nDate: y\r\nServer: a\r\nServer: b\r\nLocation: a\r\nLocation: b\r\n\r\na`,
    `${ok}Content-Type: a\r\nContent-Type: b\r\nLast-Modified: x\r\nLast-Modified: y\r\n\r\na`,
    `${ok}X-Accel-Expires: x\r\nX-Accel-Limit-Rate: 1\r\nX-Accel-Charset: x\r\n\r\na`,
    `${ok}${Array.from({ length: 2000 }, (_, index) => `X-${index}: a\r\n`).join("")}\r\na`,
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nabc",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/0.9 200\r\n\r\nabc",
  ];

  /** Closed before the head was whole: on a connection that it keeps, HAProxy then closes as well, whatever it may do else. */
  const cutShort: readonly string[] = ["", "HTTP/1.1 200 OK\r\n"];

  it("do not count against a gateway, and nobody else's requests fail", async () => {
    const begun = await logSize();
    assert.deepEqual(await othersThatFail(spoilt), []);
    assert.deepEqual(await disabledSince(begun), []);
  });

  it("make nobody else's requests fail when they end before their head does", async () => {
    assert.deepEqual(await othersThatFail(cutShort), []);
  });
});
