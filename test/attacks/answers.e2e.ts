import assert from "node:assert/strict";
import { originWideHeaders } from "../../box/nginxVocabulary.ts";
import { askAll, edge, request } from "./asking.ts";
import type { Question, Reply } from "./program/asker.ts";

/** A request whose answer has these headers, by an application behind a prefix. */
function answeredWith(headers: readonly (readonly [name: string, value: string])[], prefix = "/dash/"): Question {
  const query = headers.map(([name, value]) => `header=${encodeURIComponent(`${name}:${value}`)}`).join("&");
  return { ...edge, bytes: request(`${prefix}answer?${query}&body=2`) };
}

function valuesOf({ head }: Reply, name: string): string[] {
  return head
    .split("\r\n")
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 1).trim());
}

describe("attacks: what one application answers for all", () => {
  it("does not reach clients where it holds for all applications under the name", async () => {
    const forged = originWideHeaders.map((name) => [name, "forged"] as const);
    const [reply] = await askAll("client", [answeredWith(forged)]);
    assert.equal(reply?.status, 200);
    const through = originWideHeaders.filter((name) => valuesOf(reply, name).includes("forged"));
    console.log(`      ${originWideHeaders.length} headers for all applications, ${through.length} passed`);
    assert.deepEqual(through, []);
  });

  it("does not lead nginx to the location of another, whatever it sends of X-Accel-", async () => {
    const accel = [
      ["X-Accel-Redirect", "/kibana/"],
      ["X-Accel-Redirect", "/-/healthz"],
      ["X-Accel-Expires", "600"],
      ["X-Accel-Limit-Rate", "1"],
      ["X-Accel-Charset", "koi8-r"],
    ] as const;
    const replies = await askAll(
      "client",
      accel.map((one) => answeredWith([one])),
    );
    assert.deepEqual(
      replies.map(({ status, body }) => [status, body]),
      accel.map(() => [200, "bb"]),
    );
  });

  it("sets no cookie for another application, however the path is written", async () => {
    const foreign = [
      "/",
      "/kibana",
      "/kibana/",
      "/dashboard",
      "/das",
      "",
      "x",
      '"/"',
      "/kibana/../dash/",
      "/%64ash/",
      "//",
    ];
    const names = foreign.flatMap((path) => [
      `Path=${path}`,
      `path=${path}; HttpOnly`,
      `Secure; PATH=${path}; SameSite=Lax`,
    ]);
    const replies = await askAll(
      "client",
      names.map((attributes) => answeredWith([["Set-Cookie", `a=1; ${attributes}`]])),
    );
    const paths = replies.map((reply) => /;\s*path=([^;]*)/i.exec(valuesOf(reply, "Set-Cookie")[0] ?? "")?.[1]);
    console.log(
      `      ${names.length} cookies of a foreign path, ${paths.filter((path) => path !== "/dash/").length} passed`,
    );
    assert.deepEqual([...new Set(paths)], ["/dash/"]);
  });

  it("sets its cookies for itself, as it was", async () => {
    const own = ["a=1; Path=/dash", "b=2; Path=/dash/", "c=3; Path=/dash/x/y; Max-Age=5", "d=4; Secure; HttpOnly"];
    const [reply] = await askAll("client", [answeredWith(own.map((cookie) => ["Set-Cookie", cookie]))]);
    assert.deepEqual(valuesOf(reply!, "Set-Cookie"), own);
  });

  it("keeps its own security headers, and gets moderate ones where it has none", async () => {
    const [own, none] = await askAll("client", [answeredWith([["X-Frame-Options", "DENY"]]), answeredWith([])]);
    assert.deepEqual(valuesOf(own!, "X-Frame-Options"), ["DENY"]);
    assert.deepEqual(valuesOf(none!, "X-Frame-Options"), ["SAMEORIGIN"]);
  });
});
