import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { clusterGroup } from "../../../cli/doctor/cluster/examine.ts";
import { findAccess } from "../../../cli/doctor/cluster/kubeconfig.ts";
import { reportText } from "../../../cli/doctor/report.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { writeProgram } from "./programs.ts";

/** A request as the API server has got it. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Answers = (request: Request) => readonly [status: number, body: unknown];

const table = (
  columns: readonly string[],
  rows: readonly (readonly [metadata: object, cells: readonly string[]])[],
) => ({
  kind: "Table",
  columnDefinitions: columns.map((name) => ({ name })),
  rows: rows.map(([metadata, cells]) => ({ cells, object: { metadata } })),
});

const nodes = [1, 2, 3].map((n) => [{ name: `gateway-${n}` }, [`gateway-${n}`, `192.168.1.1${n}`]] as const);

/** An API server where all is well. */
const healthy: Answers = ({ path, body }) => {
  if (path === "/version") return [200, { gitVersion: "v1.34.4" }];
  if (path === "/api/v1/nodes") return [200, table(["Name", "Internal-IP"], nodes)];
  if (path === "/api/v1/services") return [200, table(["Name", "Port(s)"], [])];
  if (path.endsWith("selfsubjectaccessreviews")) return [201, { ...JSON.parse(body), status: { allowed: true } }];
  return [200, {}];
};

describe("the cluster, as gatebox doctor looks at it", () => {
  const box = parseProtobox();
  const servers: Server[] = [];
  let folder: string;
  let requests: Request[];

  beforeEach(() => {
    requests = [];
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-cluster-"));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  async function listen(answers: Answers | undefined): Promise<string> {
    const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let body = "";
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
      const { method = "", url = "", headers } = request;
      const seen = { method, path: url, authorization: headers.authorization, body };
      requests.push(seen);
      if (answers === undefined) return;
      const [status, answer] = answers(seen);
      response.writeHead(status).end(JSON.stringify(answer));
    };
    const server = createServer((request, response) => void serve(request, response));
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    server.unref();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function kubeconfig(server: string, user: object = { token: "s3cret" }): string {
    const file = path.join(folder, "config");
    const document = {
      "current-context": "here",
      contexts: [{ name: "here", context: { cluster: "box", user: "me" } }],
      clusters: [{ name: "box", cluster: { server } }],
      users: [{ name: "me", user }],
    };
    writeFileSync(file, JSON.stringify(document));
    return file;
  }

  /** What is found, each a line, but for what is fine. */
  async function find(KUBECONFIG: string, milliseconds = 10_000): Promise<readonly string[]> {
    const env = { HOME: folder, PATH: process.env["PATH"], KUBECONFIG };
    const groups = await clusterGroup(box, { env, folder }, milliseconds);
    assert.doesNotMatch(reportText(groups), /s3cret/);
    return groups
      .flatMap(({ findings }) => findings)
      .filter(({ level }) => level !== "fine")
      .map(({ level, check, message }) => `${level}: ${check}: ${message}`);
  }

  const answering = async (change: (request: Request) => ReturnType<Answers> | undefined): Promise<readonly string[]> =>
    find(kubeconfig(await listen((request) => change(request) ?? healthy(request))));

  it("is fine when it answers and lets the user make Services, and is asked for nothing that changes it", async () => {
    assert.deepEqual(await answering(() => undefined), []);
    assert.ok(requests.every(({ authorization }) => authorization === "Bearer s3cret"));
    const posted = requests.filter(({ method }) => method !== "GET");
    // Reviews are answered and not kept: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
    assert.ok(posted.every(({ path }) => path === "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"));
    const asked = posted.map(
      ({ body }) =>
        (JSON.parse(body) as { spec: { resourceAttributes: { resource: string } } }).spec.resourceAttributes,
    );
    assert.equal(asked.length, box.services.length * 3);
    assert.ok(asked.every(({ resource }) => resource === "services"));
  });

  it("is not looked at where the stack makes nothing in it", async () => {
    const without = parseProtobox({ services: {} });
    assert.deepEqual(await clusterGroup(without, { env: {}, folder }, 1000), []);
  });

  it("does not know the user", async () => {
    assert.deepEqual(await answering(() => [401, {}]), ["error: kubeconfig: the cluster does not know its user"]);
  });

  it("refuses Services in a namespace", async () => {
    const found = await answering(({ path, body }) =>
      path.endsWith("reviews") && body.includes('"create"') && body.includes('"keycloak"')
        ? [201, { status: { allowed: false } }]
        : undefined,
    );
    assert.deepEqual(found, ["error: permission: its user may not create Services in keycloak"]);
  });

  it("lacks a namespace", async () => {
    const found = await answering(({ path }) => (path === "/api/v1/namespaces/argocd" ? [404, {}] : undefined));
    assert.deepEqual(found, ["error: namespace: there is no namespace argocd"]);
  });

  it("has a Service at a NodePort of the stack's, or by its name", async () => {
    const services = table(
      ["Name", "Port(s)"],
      [
        [{ name: "other", namespace: "default" }, ["other", "80:30160/TCP,443:31000/TCP"]],
        [{ name: "dash", namespace: "kubernetes-dashboard" }, ["dash", "80:30161/TCP"]],
        [
          { name: "keycloak", namespace: "keycloak", labels: { "app.kubernetes.io/managed-by": "gatebox" } },
          ["keycloak", "80:30162/TCP"],
        ],
      ],
    );
    const found = await answering(({ path }) => (path === "/api/v1/services" ? [200, services] : undefined));
    assert.deepEqual(found, [
      "error: Service: NodePort 30160 of argocd is taken by default/other",
      "error: Service: kubernetes-dashboard/dash is there, and Gatebox has not made it",
    ]);
  });

  it("lacks a gateway among its nodes; nothing is said where nodes may not be seen", async () => {
    const some = (rows: typeof nodes) => answering(({ path }) => (path.endsWith("/nodes") ? [200, table(["Name", "Internal-IP"], rows)] : undefined)); // prettier-ignore
    assert.deepEqual(await some(nodes.slice(1)), [
      "warning: nodes: no node of the cluster is gateway-1 (192.168.1.11)",
    ]);
    assert.deepEqual(await answering(({ path }) => (path.endsWith("/nodes") ? [403, {}] : undefined)), []);
  });

  it("does not answer, is silent, or is another server", async () => {
    assert.match(
      (await find(kubeconfig("http://127.0.0.1:1"))).join(),
      /^error: cluster: does not answer: .*ECONNREFUSED/,
    );
    const start = Date.now();
    const silent = kubeconfig(await listen(undefined));
    assert.deepEqual(await find(silent, 300), ["error: cluster: does not answer: nothing came within 0.3 s"]);
    assert.ok(Date.now() - start < 4000);
    assert.deepEqual(await answering(() => [404, {}]), ["error: cluster: answers 404 to /version"]);
    const tls = kubeconfig((await listen(healthy)).replace("http:", "https:"));
    assert.match((await find(tls)).join(), /^error: cluster: does not answer: /);
  });

  it("is asked with what a credential plugin gives; its own words are kept to itself", async () => {
    const plugin = path.join(folder, "plugin");
    writeProgram(plugin, `echo '{"status":{"token":"s3cret of '$WHO'"}}'`);
    const server = await listen(healthy);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./plugin",
      env: [{ name: "WHO", value: "ada" }],
    };
    assert.deepEqual(await find(kubeconfig(server, { exec })), []);
    assert.ok(requests.every(({ authorization }) => authorization === "Bearer s3cret of ada"));
    writeProgram(plugin, "echo s3cret >&2; exit 1");
    assert.deepEqual(await find(kubeconfig(server, { exec })), [
      "error: cluster: does not answer: its credential plugin ./plugin ended with 1, and gave no credential",
    ]);
  });
});

describe("a kubeconfig", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-kubeconfig-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const document = (name: string, server = `https://${name}`): string =>
    `current-context: ${name}
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
clusters: [{ name: ${name}, cluster: { server: "${server}" } }]
users: [{ name: ${name}, user: {} }]
`;
  function file(name: string, text: string): string {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  }
  const problem = (source: Parameters<typeof findAccess>[0]): string => {
    const found = findAccess(source);
    return "problem" in found ? found.problem : assert.fail(`it leads to ${found.server}`);
  };
  const server = (source: Parameters<typeof findAccess>[0]): string => {
    const found = findAccess(source);
    return "problem" in found ? assert.fail(found.problem) : found.server;
  };

  it("is the stack file's, else that of $KUBECONFIG, else that of the home directory", () => {
    const env = { HOME: folder, KUBECONFIG: file("one", document("one")) };
    assert.equal(server({ env, folder }), "https://one");
    assert.equal(server({ env, folder, given: file("two", document("two")) }), "https://two");
    assert.equal(server({ env, folder, given: document("three") }), "https://three");
    assert.match(problem({ env: { HOME: folder }, folder }), /there is no kubeconfig at .*\/\.kube\/config$/);
    assert.match(problem({ env, folder, given: { secure: "v1:x" } }), /is encrypted$/);
  });

  it("is made of several files, of which the first that has a name counts", () => {
    const KUBECONFIG = [file("one", document("one")), file("two", document("two")), path.join(folder, "gone")].join(
      ":",
    );
    assert.equal(server({ env: { KUBECONFIG }, folder }), "https://one");
    assert.equal(server({ env: { KUBECONFIG }, folder, context: "two" }), "https://two");
  });

  it("leads nowhere without a context, a cluster or a user that it names", () => {
    const with_ = (change: (text: string) => string): string =>
      problem({ env: { KUBECONFIG: file("one", change(document("one"))) }, folder });
    assert.match(
      with_((text) => text.replace("current-context: one", "")),
      /has no current context$/,
    );
    assert.match(
      with_((text) => text.replace("current-context: one", "current-context: other")),
      /has no context "other"$/,
    );
    assert.match(
      with_((text) => text.replace("cluster: one,", "cluster: other,")),
      /names the cluster "other", which has no server$/,
    );
    assert.match(
      with_((text) => text.replace("user: one }", "user: other }")),
      /names the user "other", whom it does not have$/,
    );
    assert.match(
      with_(() => "- a list"),
      /is no kubeconfig$/,
    );
    assert.match(
      with_(() => "{ not: [yaml"),
      /is no kubeconfig$/,
    );
  });
});
