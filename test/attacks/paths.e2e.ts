import assert from "node:assert/strict";
import { askAll, edge, request, seenBy } from "./asking.ts";
import { numbers, oneOf } from "./generated.ts";
import type { Question } from "./program/asker.ts";

/** Pieces of paths that proxies like to change. */
const pieces = [
  "a",
  "B",
  "//",
  "/",
  "%2F",
  "%2f",
  "%3A",
  ";",
  "%3B",
  "%20",
  "+",
  "%25",
  "%2525",
  "x",
  "~",
  "%7E",
  "=",
  "&",
  "@",
  ":",
  ",",
  "!",
  "$",
  "'",
  "(",
  ")",
  "*",
  "%C3%A9",
  "%E2%82%AC",
  "[",
  "]",
  ".x",
  "x.",
  "...",
  "%2Ex",
];
const queries = ["", "", "?", "?a=b", "?x=%2F..%2F&y=//", "?u=https://git.example.org/x", "?a=b?c", "?%20+;"];

function paths(count: number): string[] {
  const random = numbers(4);
  const all = new Set(["a/https%3A%2F%2Fgit.example.org%2Fx", "a//b", "a%3Bb", "repos/x%2Fy/src", "", "?only=query"]);
  while (all.size < count) {
    const length = 1 + Math.floor(random() * 8);
    const path = Array.from({ length }, () => oneOf(random, pieces)).join("");
    all.add(`${path}${oneOf(random, queries)}`);
  }
  return [...all];
}

describe("attacks: paths", () => {
  it("reach the application byte for byte behind the prefix, stripped or kept", async () => {
    const generated = paths(500);
    const questions = generated.flatMap((path): Question[] =>
      ["/argocd/", "/kibana/"].map((prefix) => ({ ...edge, bytes: request(`${prefix}${path}`) })),
    );
    const replies = await askAll("client", questions);
    const changed = generated.flatMap((path, index) => {
      const stripped = seenBy(replies[2 * index]!)?.target;
      const kept = seenBy(replies[2 * index + 1]!)?.target;
      return stripped === `/${path}` && kept === `/kibana/${path}` ? [] : [{ path, stripped, kept }];
    });
    console.log(`      ${generated.length} paths behind two prefixes, ${changed.length} changed`);
    assert.deepEqual(changed, []);
  });

  it("lead to a prefix by its own spelling alone", async () => {
    const others = [
      "/%61rgocd/x",
      "/argocd%2Fx",
      "//argocd/x",
      "/./argocd/x",
      "/kibana/../argocd/x",
      "/kibana/..%2fargocd/x",
      "/kibana/%2e%2e/argocd/x",
      "/x/../argocd/x",
      "/dash/../argocd/x",
      "/ARGOCD/x",
      "/argoc%64/",
      "/kibana//../argocd/",
      "/nothing/..//argocd/",
    ];
    const replies = await askAll(
      "client",
      others.map((path): Question => ({ ...edge, bytes: request(path) })),
    );
    const reached = others.filter((_, index) => seenBy(replies[index]!) !== undefined);
    console.log(`      ${others.length} other spellings of a prefix, ${reached.length} reached its application`);
    assert.deepEqual(reached, []);
  });

  it("never reach the application of another prefix", async () => {
    const climbing = [
      "/argocd/../kibana/",
      "/argocd/%2e%2e/kibana/",
      "/argocd/..%2fkibana/",
      "/argocd/x/../../kibana/",
    ];
    const replies = await askAll(
      "client",
      climbing.map((path): Question => ({ ...edge, bytes: request(path) })),
    );
    assert.deepEqual(
      replies.map((reply) => seenBy(reply)?.app),
      climbing.map(() => undefined),
    );
  });
});
