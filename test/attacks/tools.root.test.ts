import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clients, credentials, toolHosts, toolsBox, toolsSandbox } from "../render/sampleTools.ts";
import type { Sandbox } from "../render/sandbox/sandbox.ts";
import { anyCase, numbers, oneOf } from "./generated.ts";
import type { Question, Reply } from "./program/asker.ts";

const edge = { address: "192.168.0.30", port: 443, serverName: "protobox.test" };
const tools = { prometheus: 9090, alertmanager: 9093, consul: 8500 };
const guarded = ["prometheus", "alertmanager", "consul", "v1"];
const open = "/kibana/";

/** What proxies and programs may read differently. */
const pieces = ["/", "//", "/./", "/../", "%2f", "%2F", "%2e%2e/", "..%2f", ";", ";a=b", "%00", "%3b", "\\", "%5c", "?", "#", "%23", "%3f", "%20", "%09", "."]; // prettier-ignore
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "PRI"]; // prettier-ignore
const names = ["protobox.test", "192.168.0.30", "registry.protobox", "protobox.test:443", "PROTOBOX.test", "192.168.2.14", "192.168.2.14:9090", "localhost", "stream_tool_prometheus", ""]; // prettier-ignore
const wrong = ["", "Basic", "Basic ", "Basic Og==", "Basic b3BlcmF0b3I6", `Bearer ${credentials}`, `basic\t${credentials}`, `Basic ${credentials.slice(0, -4)}`, `Digest ${credentials}`]; // prettier-ignore
const claims = ["X-Forwarded-User: operator", "X-Original-URL: /prometheus/", "X-Rewrite-URL: /prometheus/", "X-Accel-Redirect: /prometheus/", "Remote-User: operator", "X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Cookie: gatebox_tools=1", "Upgrade: websocket", "Upgrade: h2c", "Content-Length: 0", "Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: Authorization", "Range: bytes=0-1"]; // prettier-ignore

function spelled(random: () => number, tool: string): string {
  const letters = anyCase(random, tool).split("");
  return letters.map((one) => (random() < 0.15 ? `%${one.charCodeAt(0).toString(16)}` : one)).join("");
}

function target(random: () => number): string {
  const tool = random() < 0.6 ? oneOf(random, guarded) : spelled(random, oneOf(random, guarded));
  const before = random() < 0.4 ? "/" : `${oneOf(random, ["", open, "/nothing"])}${oneOf(random, pieces)}`;
  const behind = oneOf(random, ["", "/", "/api/v1/query?query=up", "/-/reload", "/../kibana/", "/%2e%2e/kibana/", oneOf(random, pieces)]); // prettier-ignore
  const whole = `${before.startsWith("/") ? "" : "/"}${before}${tool}${behind}`;
  return random() < 0.1 ? `https://${oneOf(random, names) || "protobox.test"}${whole}` : whole;
}

/** Requests that show no credentials, or some that are none. nginx is asked over HTTP/1 with any bytes, and over HTTP/2. */
function questions(count: number): Question[] {
  const random = numbers(12);
  return Array.from({ length: count }, (): Question => {
    const [path, method, host] = [target(random), oneOf(random, methods), random() < 0.7 ? "protobox.test" : oneOf(random, names)]; // prettier-ignore
    // Few of them: what comes too fast is answered 429, which would hide what another answer shows.
    const shown = random() < 0.08 ? [`Authorization: ${oneOf(random, wrong)}`] : [];
    const more = Array.from({ length: Math.floor(random() * 3) }, () => oneOf(random, claims));
    if (random() < 0.4) {
      const others = [...shown, ...more.filter((one) => !/^(?:Upgrade|Transfer|Connection|Expect)/.test(one))];
      const pairs = others.map((one) => [one.split(": ")[0]!.toLowerCase(), one.split(": ")[1] ?? ""] as const);
      const pseudo = [[":method", method], [":scheme", "https"], [":authority", host], [":path", path]] as const; // prettier-ignore
      return { ...edge, head: [...pseudo, ...pairs] };
    }
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...shown, ...more];
    // A second request in the body of the first.
    const after = random() < 0.2 ? "GET /prometheus/ HTTP/1.1\r\nHost: protobox.test\r\n\r\n" : "";
    const isUpgrade = more.some((one) => one.startsWith("Upgrade"));
    if (isUpgrade || after === "") lines.push(`Connection: ${isUpgrade ? "Upgrade" : "close"}`);
    return { ...edge, bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${after}`, "latin1").toString("base64") };
  });
}

describe("attacks: tools behind a web server", function () {
  this.timeout(180_000);
  let host: Sandbox;
  let scratch: string;

  before(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-attacks-"));
    host = await toolsSandbox(toolsBox({ prometheus: {}, alertmanager: {}, consul: {} }));
    for (const [name, port] of Object.entries(tools)) await host.serve(name, "192.168.2.14", port, toolHosts);
  });
  after(async () => {
    await host.remove();
    rmSync(scratch, { recursive: true });
  });

  function ask(all: readonly Question[]): readonly Reply[] {
    const file = path.join(scratch, "questions.json");
    writeFileSync(file, JSON.stringify(all));
    const program = path.join(import.meta.dirname, "program/asker.ts");
    const { stdout, stderr } = host.run(`${process.execPath} --no-warnings ${program} <${file}`, clients);
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as readonly Reply[];
  }

  const reached = ({ body, status }: Reply): boolean => status === 101 || /"name":"(?:prometheus|alertmanager|consul)"/.test(body); // prettier-ignore

  it("reach none of them without the password: any spelling, method, name, protocol and claim", () => {
    const all = Array.from({ length: 4 }, (_, index) => questions(800).slice(200 * index, 200 * (index + 1)));
    const through = all.flatMap((some) => {
      const replies = ask(some);
      return some.filter((_, index) => reached(replies[index]!));
    });
    const told = through.map(({ bytes, head }) => (head === undefined ? Buffer.from(bytes ?? "", "base64").toString() : JSON.stringify(head))); // prettier-ignore
    console.log(`      ${all.flat().length} requests, ${through.length} reached a tool`);
    assert.deepEqual(told, []);
  });

  it("reach them with it, over both protocols: what is counted above can be told", () => {
    const basic = `Basic ${credentials}`;
    const lines = ["GET /prometheus/ HTTP/1.1", "Host: protobox.test", `Authorization: ${basic}`, "Connection: close"];
    const head = [[":method", "GET"], [":scheme", "https"], [":authority", "protobox.test"], [":path", "/v1/kv/a"], ["authorization", basic]] as const; // prettier-ignore
    const replies = ask([
      { ...edge, bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n`).toString("base64") },
      { ...edge, head },
    ]);
    assert.deepEqual(replies.map(reached), [true, true]);
  });

  it("find no port of theirs on the web server, and no way by the plain one", () => {
    for (const port of Object.values(tools))
      assert.equal(host.run(`curl -s -m 3 http://192.168.0.30:${port}/`, clients).code, 7);
    const plain = host.run("curl -s -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: protobox.test' http://192.168.0.30/prometheus/", clients); // prettier-ignore
    assert.equal(plain.stdout, "308 https://protobox.test/prometheus/");
  });
});
