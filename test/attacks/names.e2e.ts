import assert from "node:assert/strict";
import { askAll, edge, request, seenBy } from "./asking.ts";
import type { Question } from "./program/asker.ts";

const unknown = [
  "evil.example",
  "protobox.test.evil.example",
  "xprotobox.test",
  "protobox",
  "test",
  "127.0.0.1",
  "localhost",
  "a",
];

describe("attacks: names that are not served", () => {
  it("are refused over HTTPS, by Host, by the request line and in the handshake", async () => {
    const questions = unknown.flatMap((name): Question[] => [
      { ...edge, bytes: request("/argocd/", [], { host: name }) },
      { ...edge, serverName: "", bytes: request("/argocd/", [], { host: name }) },
      { ...edge, bytes: request(`https://${name}/argocd/`) },
      ...(/^[\d.]+$/.test(name) ? [] : [{ ...edge, serverName: name, bytes: request("/argocd/") }]),
      { ...edge, bytes: request("/argocd/", [["X-Forwarded-Host", name]], { host: `${name}:443` }) },
    ]);
    const replies = await askAll("client", questions);
    const through = replies.filter(({ status }) => status !== 421);
    console.log(`      ${replies.length} requests for unknown names, ${through.length} not refused`);
    assert.deepEqual(through, []);
  });

  it("are refused over HTTP, and never where a redirect leads", async () => {
    const plain = { address: "192.168.0.30", port: 80 };
    const questions = unknown.map((name): Question => ({ ...plain, bytes: request("/argocd/", [], { host: name }) }));
    const replies = await askAll("client", questions);
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [421]);
    const absolute = { ...plain, bytes: request("http://protobox.test/a?b", [], { host: "evil.example" }) };
    const [reply] = await askAll("client", [absolute]);
    assert.match(reply?.head ?? "", /^location: https:\/\/protobox\.test\/a\?b\r?$/im);
  });

  it("do not reach the pod beside a name that is served", async () => {
    const absolute = request("https://protobox.test/kibana/", [], { host: "evil.example" });
    const [reply] = await askAll("client", [{ ...edge, bytes: absolute }]);
    const seen = seenBy(reply!);
    assert.deepEqual([seen?.host, seen?.headers["X-Forwarded-Host"]], ["protobox.test", ["protobox.test"]]);
  });

  it("are no reason to refuse a name that is served, however it is written, or an address that the stack serves", async () => {
    const served = [
      "protobox.test",
      "PROTOBOX.test",
      "protobox.test.",
      "protobox.test:443",
      "protobox.test:8443",
      "192.168.0.30",
      "192.168.0.33",
    ];
    const questions = served.map((host): Question => ({ ...edge, bytes: request("/argocd/", [], { host }) }));
    const replies = await askAll("client", questions);
    assert.deepEqual(
      replies.map(({ status }) => status),
      served.map(() => 200),
    );
  });
});
