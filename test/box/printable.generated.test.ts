import assert from "node:assert/strict";
import fc from "fast-check";
import { BoxError } from "../../box/index.ts";
import { show } from "../../box/printable.ts";
import { lineOf } from "../../box/violations.ts";
import { edit } from "./edit.ts";
import { parseProtobox } from "./parsing.ts";
import { wholeProtoboxValues } from "./protobox.ts";

/** What a terminal may obey, or what reorders, hides or splits a line. */
const unprintable = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const hostile = fc.string({
  unit: fc.constantFrom(
    "\u001b[2J",
    "\u009b",
    "\r",
    "\n",
    "\u202e",
    "\u2028",
    "\u200b",
    "\ud83d",
    "a",
    "-",
    "{{",
    "😀",
  ),
  minLength: 1,
  maxLength: 200,
});

function messageOf(changes: Readonly<Record<string, unknown>>): string {
  try {
    parseProtobox(changes);
    return "";
  } catch (error) {
    assert.ok(error instanceof BoxError);
    return error.message;
  }
}

describe("texts of others in messages", () => {
  it("are shown with control and formatting characters written out", () => {
    assert.equal(show("a\u001b[2J\u202eb"), '"a\\u001b[2J\\u202eb"');
    assert.equal(show({ key: "\u009b" }), '{"key":"\\u009b"}');
  });

  it("are cut where they get long", () => {
    assert.equal(show("a".repeat(1000)).length, 81);
  });

  it("reach the terminal as plain lines of bounded length, as a value or as a name", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const values = { "apps.dash.namespace": text, "pools.masters-pool.0": text, "services.dash.app": text };
        const names = messageOf({ hosts: { [text]: { [text]: text } } });
        for (const message of [messageOf(values), names]) {
          assert.doesNotMatch(message, unprintable);
          for (const line of message.split("\n")) assert.ok(line.length <= 8500, `${line.length} characters`);
        }
        const [head = "", ...lines] = messageOf(values).split("\n");
        assert.equal(lines.length, Number(/ has (\d+) violation/.exec(head)?.[1]), messageOf(values));
      }),
      { numRuns: 100 },
    );
  });
});

/** Every place of the whole Protobox where something stands, with dots in keys left out: they would be taken for steps. */
function placesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key.includes(".") ? [] : [key, ...placesOf(inner).map((place) => `${key}.${place}`)],
  );
}

describe("passwords of others in messages", () => {
  const word = fc.stringMatching(/^[a-z0-9_!$&*+;=~-]{1,8}$/);
  const password = fc
    .tuple(word, fc.constantFrom("", "/", ":", "#", "?", "@", "\\", '"', "%"), word)
    .map((parts) => `SECRET${parts.join("")}SECRET`);
  const url = fc
    .tuple(fc.constantFrom("https://", "http://", "HTTP://", ""), password, fc.constantFrom("@", "%40"))
    .map(([scheme, secret, at]) => `${scheme}user:${secret}${at}registry.box:5000/v2/`);
  const hidden = fc.oneof(
    url,
    fc.constantFrom(
      "https://registry.box/?token=SECRET",
      "https://registry.box/#SECRET",
      "https://SECRET@registry.box",
    ),
  );
  const forms = [
    (text: string) => text,
    (text: string) => [text],
    (text: string) => ({ url: text }),
    (text: string) => ({ [text]: {} }),
    (text: string) => [{ [text]: text }],
  ];

  it("are left out of what quotes a text as it is", () => {
    fc.assert(
      fc.property(hidden, (text) => {
        const line = lineOf({ path: `hosts.${text}`, message: `"${text}" is no host: write another` });
        assert.doesNotMatch(line, /SECRET/);
        assert.match(line, /: write another$/);
      }),
      { numRuns: 500 },
    );
  });

  it("are left out, whatever the value or key that they stand in", () => {
    const places = fc.constantFrom(...placesOf(wholeProtoboxValues()));
    fc.assert(
      fc.property(places, hidden, fc.constantFrom(...forms), (place, text, form) => {
        // The cluster's side, which asks for URLs, is not in the shorter Protobox.
        const message = messageOf(edit(wholeProtoboxValues(), { [place]: form(text) }));
        assert.doesNotMatch(message, /SECRET/);
      }),
      { numRuns: 100 },
    );
  });

  it("leave the rest of a value to be seen", () => {
    assert.equal(show("https://user:SECRET@registry.box:5000/v2/"), '"https://…@registry.box:5000/v2/"');
    assert.equal(show(["user:SECRET@registry.box", "b"]), '["…@registry.box","b"]');
    assert.equal(show("https://registry.box/v2/?token=SECRET"), '"https://registry.box/v2/?…"');
    for (const harmless of [
      "registry.k8s.io/pause:3.9@sha256:ab",
      "root@192.168.1.7",
      "fd00::1",
      "http://h:80/a",
      "$http_host",
    ])
      assert.equal(show(harmless), JSON.stringify(harmless));
  });

  it("are left out where URLs, users and certificates are asked for", () => {
    const urls = ["user:SECRET", "http://proxy.box:SECRET", "http://user:SECRET", "https://h\\SECRET"];
    const keys = ["LS0tSECRET".repeat(9), "MIGHSECRET", "-----BEGIN PRIVATE KEY-----\nSECRET", "----BEGIN PRIVATE KEY\nSECRET"]; // prettier-ignore
    const places = ["proxy.http", "proxy.noProxy.0", "registries.a:1.server", "registries.a:1.mirrors", "registries.a:1.username"]; // prettier-ignore
    const pairs = [...places.map((place) => [place, urls] as const), ["registries.a:1.ca", keys] as const];
    for (const [place, texts] of pairs)
      for (const text of texts) {
        const written = place.endsWith("mirrors") ? [{ url: text }] : text;
        const runtime = { pools: ["nodes-pool"], network: "box-network", proxy: { noProxy: [] } };
        const message = messageOf({ containerRuntime: edit(runtime, { [place]: written }) });
        assert.notEqual(message, "", `${place}: ${text} is taken`);
        assert.doesNotMatch(message, /SECRET/, `${place}: ${text}`);
      }
  });
});
