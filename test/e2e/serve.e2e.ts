import assert from "node:assert/strict";
import { readBox } from "../../box/index.ts";
import { ask, lookAround, stackUrls, WEBSERVERS } from "../../lab/page.ts";
import { GATEWAYS, onHost, WEB, world } from "./world.ts";

/** Answer of the lab's pods, as far as these tests look at it. */
interface PodAnswer {
  readonly app: string;
  readonly pod: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

async function podAnswer(url: string, webserver: string, header = ""): Promise<PodAnswer> {
  const { lab } = await world();
  const { hostname } = new URL(url);
  const resolve = `${hostname}:443:${WEBSERVERS[webserver] ?? ""}`;
  const script = `curl -sk -m 10 --resolve '${resolve}' ${header === "" ? "" : `-H '${header}'`} '${url}'`;
  return JSON.parse(await onHost(lab, "client", script)) as PodAnswer;
}

/** First value of a header, whatever its letter case. */
function headerOf(answer: PodAnswer, name: string): string | undefined {
  const entry = Object.entries(answer.headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return entry?.[1][0];
}

describe("a request travels from a client through web server and gateway to a pod", () => {
  it("every service answers with a pod of its own, through either web server", async () => {
    const { lab, stack } = await world();
    const urls = await stackUrls(stack);
    assert.deepEqual(Object.keys(urls).sort(), ["argocd", "dash", "keycloak", "kibana", "pgadmin4", "v-admin"]);
    const seen = await lookAround(lab, urls);
    const found = seen.map(({ service, webserver, status, app }) => ({ service, webserver, status, app }));
    const wanted = Object.keys(urls).flatMap((service) =>
      WEB.map((webserver) => ({ service, webserver, status: 200, app: service })),
    );
    assert.deepEqual(found, wanted);
  });

  it("every route serves through every gateway, asked from a web server", async () => {
    const { lab, stack } = await world();
    const services = Object.keys(await stackUrls(stack));
    const { stdout } = await stack.pulumi(["stack", "output", "box", "--json"], { timeoutSeconds: 60 });
    const box = readBox(JSON.parse(stdout));
    for (const service of services) {
      for (const gateway of GATEWAYS) {
        const address = box.hosts[gateway]?.addresses["gateway-network"];
        const url = `http://${address}:${box.apps[service]?.port}/`;
        const answer = JSON.parse(await onHost(lab, "webserver-1", `curl -s -m 10 ${url}`)) as PodAnswer;
        assert.equal(answer.app, service, `${url} on ${gateway}`);
      }
    }
  });

  it("forwarding headers that a client sends do not reach the pod", async () => {
    const forged = "X-Forwarded-For: 203.0.113.66";
    const answer = await podAnswer("https://protobox.test/argocd/", "webserver-1", forged);
    assert.equal(headerOf(answer, "X-Forwarded-For"), "192.168.0.100");
    assert.equal(headerOf(answer, "X-Real-IP"), "192.168.0.100");
    assert.equal(headerOf(answer, "X-Forwarded-Proto"), "https");
  });

  it("the pod sees the path without the location, or with it where the route says so", async () => {
    assert.equal((await podAnswer("https://protobox.test/argocd/login", "webserver-2")).path, "/login");
    assert.equal((await podAnswer("https://protobox.test/kibana/app", "webserver-2")).path, "/kibana/app");
  });

  it("plain HTTP is redirected, HTTP/2 is spoken, no version is disclosed, the rest is a plain 404", async () => {
    const { lab } = await world();
    const redirect = await onHost(lab, "client", "curl -s -m 5 -i http://192.168.0.30/argocd/");
    assert.match(redirect, /^HTTP\/1\.1 308 /);
    assert.match(redirect, /^location: https:\/\/192\.168\.0\.30\/argocd\/\r?$/im);
    const answer = await onHost(lab, "client", "curl -sk -m 5 -i https://192.168.0.30/argocd/");
    assert.match(answer, /^HTTP\/2 200/);
    assert.match(answer, /^server: nginx\r?$/m);
    const { status, body } = await ask(lab, "https://protobox.test/nothing/", "webserver-1");
    assert.deepEqual({ status, version: /\d+\.\d+/.test(body) }, { status: 404, version: false });
  });

  it("a WebSocket passes through where the route says so", async () => {
    const { lab } = await world();
    const headers = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
      .concat("Sec-WebSocket-Key: c2FtcGxlIG5vbmNlIDEyMw==")
      .map((header) => `-H '${header}'`)
      .join(" ");
    const script = `curl -sk -m 3 --http1.1 -i ${headers} https://192.168.0.30/argocd/ | head -n 1`;
    assert.match(await onHost(lab, "client", script), /^HTTP\/1\.1 101 /);
  });
});
