import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { askAll, edge, request, seenBy } from "../attacks/asking.ts";
import type { Question, Reply } from "../attacks/program/asker.ts";

type Headers = readonly (readonly [name: string, value: string])[];

async function ask(target: string, headers: Headers = [], more: Parameters<typeof request>[2] = {}): Promise<Reply> {
  const question: Question = { ...edge, bytes: request(target, headers, more), linger: 100 };
  const [reply] = await askAll("client", [question]);
  assert.ok(reply);
  return reply;
}

function header(reply: Reply, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*?)\\r?$`, "im").exec(reply.head)?.[1];
}

/** A path whose application answers with a header. */
const answering = (prefix: string, name: string, value: string, more = ""): string =>
  `${prefix}answer?header=${encodeURIComponent(`${name}:${value}`)}${more}`;

/** As these applications ask and answer behind a prefix; what answers here are the lab's pods. */
describe("requests of well-known applications pass the box", () => {
  // The tests of the cluster have switched a node off: until its pods are back, and kubelets have said so, a Service leads to those
  // that are gone as well. That takes seconds, and a machine under load several times that.
  before(async function () {
    this.timeout(120_000);
    const questions = ["argocd", "keycloak", "v-admin", "kibana", "pgadmin4"].flatMap((service) =>
      Array.from({ length: 10 }, (): Question => ({ ...edge, bytes: request(`/${service}/`) })),
    );
    for (let whole = 0; whole < 2;) {
      const answered = (await askAll("client", questions)).every(({ status }) => status === 200);
      whole = answered ? whole + 1 : 0;
      await pause(1000);
    }
  });

  it("Argo CD: a repository's URL in the path, encoded, and gRPC-Web's own headers", async () => {
    const path = "api/v1/repositories/https%3A%2F%2Fgit.example.org%2Fteam%2Frepo.git/apps?revision=main";
    const seen = seenBy(
      await ask(`/argocd/${path}`, [
        ["X-Grpc-Web", "1"],
        ["X-User-Agent", "grpc-web-javascript/0.1"],
      ]),
    );
    assert.equal(seen?.target, `/${path}`);
    assert.deepEqual([seen.headers["X-Grpc-Web"], seen.headers["X-User-Agent"]], [["1"], ["grpc-web-javascript/0.1"]]);
  });

  it("Argo CD: the terminal of a pod, a WebSocket with a subprotocol", async () => {
    const reply = await ask(
      "/argocd/terminal?pod=a&container=b",
      [
        ["Upgrade", "websocket"],
        ["Sec-WebSocket-Version", "13"],
        ["Sec-WebSocket-Key", "c2FtcGxlIG5vbmNlIDEyMw=="],
        ["Sec-WebSocket-Protocol", "v4.channel.k8s.io"],
        ["Origin", "https://protobox.test"],
      ],
      { connection: "keep-alive, Upgrade" },
    );
    assert.equal(reply.status, 101);
  });

  it("Argo CD: events that come one by one, unbuffered", async () => {
    const target = answering("/argocd/", "Content-Type", "text/event-stream", "&header=X-Accel-Buffering:no&body=20");
    const reply = await ask(target, [["Accept", "text/event-stream"]]);
    assert.deepEqual([reply.status, header(reply, "Content-Type"), reply.body.length], [200, "text/event-stream", 20]);
    assert.equal(header(reply, "X-Accel-Buffering"), undefined);
  });

  it("Keycloak: cookies of many kilobytes, set and sent back", async () => {
    const cookie = `KEYCLOAK_IDENTITY=${"e".repeat(3900)}`;
    const set = [1, 2, 3]
      .map((n) => `&header=${encodeURIComponent(`Set-Cookie:${cookie}${n}; Path=/realms/box/`)}`)
      .join("");
    const answer = await ask(`/keycloak/realms/box/answer?body=1${set}`);
    assert.equal(answer.status, 200);
    const cookies = answer.head.split("\r\n").filter((line) => /^set-cookie:/i.test(line));
    assert.deepEqual([cookies.length, cookies.every((line) => line.endsWith("Path=/keycloak/"))], [3, true]);
    const seen = seenBy(await ask("/keycloak/realms/box/", [["Cookie", Array(6).fill(cookie).join("; ")]]));
    assert.equal(seen?.headers["Cookie"]?.[0]?.length, 6 * cookie.length + 10);
  });

  it("Keycloak: a redirect back to where the user came from, with its query as it was", async () => {
    const target =
      "/keycloak/realms/box/protocol/openid-connect/auth?redirect_uri=https%3A%2F%2Fprotobox.test%2Fargocd%2F&state=a%2Bb";
    assert.equal(seenBy(await ask(target))?.target, target.slice("/keycloak".length));
    const seen = seenBy(await ask(target));
    assert.deepEqual(
      [seen?.host, seen?.headers["X-Forwarded-Proto"], seen?.headers["X-Forwarded-Port"]],
      ["protobox.test", ["https"], ["443"]],
    );
  });

  it("Gitea: branches with a slash, two slashes, and names that need an escape", async () => {
    for (const path of [
      "org/repo/src/branch/feature%2Fone/a//b",
      "org/repo/raw/a%20b%3Bc%23d",
      "api/v1/repos/o/r/contents/x%252Fy",
    ]) {
      const reply = await ask(`/v-admin/${path}`);
      assert.equal(reply.status, 200, `${path}: ${reply.status} ${reply.error ?? ""}`);
      assert.equal(seenBy(reply)?.target, `/${path}`);
    }
  });

  it("Grafana: a prefix that the application keeps, its redirects, and its organization's header", async () => {
    const seen = seenBy(await ask("/kibana/d/abc/board?var-host=a%2Fb&from=now-6h", [["X-Grafana-Org-Id", "2"]]));
    assert.deepEqual(
      [seen?.target, seen?.headers["X-Grafana-Org-Id"]],
      ["/kibana/d/abc/board?var-host=a%2Fb&from=now-6h", ["2"]],
    );
    const reply = await ask(answering("/kibana/", "Location", "/kibana/login?redirect=%2Fkibana%2Fd", "&status=302"));
    assert.deepEqual([reply.status, header(reply, "Location")], [302, "/kibana/login?redirect=%2Fkibana%2Fd"]);
  });

  it("pgAdmin: the prefix that it is told, whatever a client says", async () => {
    const seen = seenBy(await ask("/pgadmin4/browser/", [["X-Script-Name", "/evil"]]));
    assert.deepEqual([seen?.target, seen?.headers["X-Script-Name"]], ["/browser/", ["/pgadmin4"]]);
  });
});
