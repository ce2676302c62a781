import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { boxDrift, hasDrift, isIncomplete } from "../../../cli/verify/drift.ts";
import { servicesDrift, type ServicesDrift } from "../../../cli/verify/services.ts";
import { driftText } from "../../../cli/verify/text.ts";
import { nodePortService } from "../../../render/kubernetes/nodePortService.ts";
import { parseProtobox } from "../../box/parsing.ts";

type Json = Record<string, unknown>;

describe("gatebox verify looks at the cluster's Services", () => {
  const box = parseProtobox();
  const servers: Server[] = [];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-services-"));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true });
  });

  const placeOf = (name: string, namespace: string): string => `/api/v1/namespaces/${namespace}/services/${name}`;

  /** What the API makes of a declared Service: with fields of its own. */
  function kept(name: string): Json {
    const { app } = box.services.find((service) => service.name === name)!;
    const { metadata, spec } = nodePortService(name, app);
    const ports = spec.ports.map((port) => ({ ...port, appProtocol: "http" }));
    return { kind: "Service", metadata: { ...metadata, uid: "1", resourceVersion: "7" }, spec: { ...spec, clusterIP: "10.96.0.7", ports, sessionAffinity: "None" } }; // prettier-ignore
  }

  /** Compares the box with an API server that answers so, by place; where nothing is said it has what is declared. */
  async function compared(answers: Readonly<Record<string, readonly [number, unknown]>> = {}): Promise<ServicesDrift> {
    const known = new Map(box.services.map(({ name, app }) => [placeOf(name, app.namespace), kept(name)]));
    const server = createServer((request, response) => {
      assert.deepEqual([request.method, request.headers.authorization], ["GET", "Bearer s3cret"]);
      assert.equal(request.headers.accept, "application/json", "a table has no spec");
      const [status, body] = answers[request.url ?? ""] ?? [known.has(request.url ?? "") ? 200 : 404, known.get(request.url ?? "")]; // prettier-ignore
      response.writeHead(status).end(JSON.stringify(body ?? {}));
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return servicesDrift(box, source(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), 5000);
  }

  function source(server: string) {
    const file = path.join(folder, "config");
    const named = (name: string, what: string, value: object) => [{ name, [what]: value }];
    writeFileSync(
      file,
      JSON.stringify({
        "current-context": "box",
        contexts: named("box", "context", { cluster: "box", user: "me" }),
        clusters: named("box", "cluster", { server }),
        users: named("me", "user", { token: "s3cret" }),
      }),
    );
    return { env: { KUBECONFIG: file }, folder };
  }

  const [service] = box.services;
  const { name, app } = service!;
  const place = placeOf(name, app.namespace);
  const one = (problem: string, detail: string) => ({ drifts: [{ name, namespace: app.namespace, problem, detail }], unknown: [] }); // prettier-ignore

  it("and finds them as declared, whatever the API has added", async () => {
    assert.ok(box.services.length > 3);
    assert.deepEqual(await compared(), { drifts: [], unknown: [] });
  });

  it("and names one that has gone, or is another's", async () => {
    assert.deepEqual(await compared({ [place]: [404, {}] }), one("missing", ""));
    const foreign = { ...kept(name), metadata: { name, labels: {} } };
    assert.deepEqual(await compared({ [place]: [200, foreign] }), one("foreign", "its label app.kubernetes.io/managed-by is not gatebox")); // prettier-ignore
  });

  it("and names every value that somebody has changed, with the declared one", async () => {
    const spec = kept(name)["spec"] as Json & { ports: Json[]; selector: Json };
    const changes: readonly [Json, RegExp][] = [
      [{ type: "ClusterIP" }, /^spec\.type is ClusterIP, declared NodePort$/],
      [{ selector: { app: "other" } }, /^spec\.selector is \{"app":"other"\}, declared \{/],
      [{ selector: undefined }, /^spec\.selector is not there, declared /],
      [{ ports: [...spec.ports, ...spec.ports] }, /^spec\.ports are 2, declared 1$/],
      [{ ports: "80" }, /^spec\.ports are 0, declared 1$/],
      ...["port", "targetPort", "nodePort", "protocol", "name"].map((key): [Json, RegExp] => [
        { ports: [{ ...spec.ports[0], [key]: "x\u001b[2J" }] },
        new RegExp(`^spec\\.ports\\[0\\]\\.${key} is x[^\u001b]*, declared \\S+$`),
      ]),
    ];
    for (const [change, expected] of changes) {
      const { drifts } = await compared({ [place]: [200, { ...kept(name), spec: { ...spec, ...change } }] });
      assert.equal(drifts.length, 1);
      assert.match(drifts[0]!.detail, expected);
    }
  });

  /** What a JSON merge patch (RFC 7386) makes of a value. */
  function merged(value: unknown, patch: unknown): unknown {
    if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
    const before = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
    const removed = new Set(Object.entries(patch).flatMap(([key, one]) => (one === null ? [key] : [])));
    const changed = Object.entries(patch).map(([key, one]) => [key, merged(before[key], one)] as const);
    const entries = [...Object.entries(before), ...changed].filter(([key]) => !removed.has(key));
    return Object.fromEntries(entries);
  }

  it("and has a patch for what somebody has changed, after which nothing differs, or none", async () => {
    const spec = kept(name)["spec"] as Json;
    const key = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9./-]{0,9}$/), fc.string());
    const changed = fc.record({ type: fc.constantFrom("ClusterIP", "NodePort"), selector: fc.option(fc.dictionary(key, fc.string())), ports: fc.constantFrom(spec["ports"], [], [{ port: 1 }]) }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(changed, async (change) => {
        const found = { ...kept(name), spec: { ...spec, ...change } };
        const [drift] = (await compared({ [place]: [200, found] })).drifts;
        if (drift?.patch === undefined) return;
        assert.doesNotMatch(drift.patch, /['\\\n]/);
        assert.deepEqual(await compared({ [place]: [200, merged(found, JSON.parse(drift.patch))] }), { drifts: [], unknown: [] }); // prettier-ignore
      }),
      { numRuns: 100 },
    );
    const byHand = { ...kept(name), spec: { ...spec, selector: { ...(spec["selector"] as Json), by: "hand" } } };
    assert.match((await compared({ [place]: [200, byHand] })).drifts[0]?.patch ?? "", /"by":null/);
    const quoted = { ...kept(name), spec: { ...spec, selector: { "it's": "theirs" } } };
    assert.equal((await compared({ [place]: [200, quoted] })).drifts[0]?.patch, undefined);
  });

  it("and takes no answer for one that is as declared, nor throws at one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(200, 401, 403, 404, 500), fc.jsonValue(), async (status, body) => {
        const { drifts, unknown } = await compared({ [place]: [status, body] });
        assert.equal(drifts.length + unknown.length, 1, JSON.stringify([drifts, unknown]));
        assert.equal(drifts.length === 1, status === 200 || status === 404);
      }),
      { numRuns: 60 },
    );
  });

  it("and says what could not be compared: no kubeconfig, nobody there, nothing to see", async () => {
    const nowhere = await servicesDrift(box, { env: { KUBECONFIG: path.join(folder, "none") }, folder }, 5000);
    assert.match(
      nowhere.unknown.join(),
      /^Services are not compared: there is no kubeconfig at .*none; have KUBECONFIG/,
    );
    const closed = await servicesDrift(box, source("http://127.0.0.1:9"), 5000);
    assert.match(closed.unknown.join(), /^Services are not compared: http:\/\/127\.0\.0\.1:9 does not answer: .*; look: kubectl get/); // prettier-ignore
    const forbidden = await compared({ [place]: [403, {}] });
    assert.deepEqual(forbidden.unknown, [`Service ${app.namespace}/${name} is not compared: the kubeconfig's user may not see it`]); // prettier-ignore
    const silent = createServer(() => undefined);
    servers.push(silent);
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const late = await servicesDrift(box, source(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`), 300);
    assert.match(late.unknown.join(), /nothing came within 0\.3 s/);
  });

  it("and a box without services asks nobody", async () => {
    const none = { ...box, services: [] };
    assert.deepEqual(await servicesDrift(none, { env: {}, folder }, 5000), { drifts: [], unknown: [] });
  });

  it("and tells of them behind the hosts: a difference, or what is not known, counts", async () => {
    const missing = boxDrift(box, [], await compared({ [place]: [404, {}] }));
    assert.deepEqual([hasDrift(missing), isIncomplete(missing)], [true, false]);
    assert.match(driftText({ ...missing, virtualIps: [] }), new RegExp(`^HOST  DIFFERENCES\n\nService ${app.namespace}/${name}: missing\n$`)); // prettier-ignore
    const unknown = boxDrift(box, [], await compared({ [place]: [500, {}] }));
    assert.equal(isIncomplete(unknown), true);
    assert.match(driftText(unknown), /^\? Service .* is not compared: the cluster answers 500$/m);
  });
});
