import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { servingQuestion, servingScript, versionedPrograms } from "../../../cli/status/question.ts";
import { parseServing, type ServingFacts } from "../../../cli/status/serving.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { writeProgram } from "../doctor/programs.ts";

describe("what gatebox status asks a host about what it serves", function () {
  this.timeout(60_000);
  let root: string;
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "gatebox-serving-"));
    mkdirSync(path.join(root, "programs"));
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
    rmSync(root, { recursive: true });
  });

  /** A server that answers what it is told, as HAProxy and nginx do with HTTP/1.0, and closes; without an answer it says nothing. */
  async function listen(answer?: string, at?: string): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      if (answer !== undefined) socket.once("data", () => socket.end(answer));
    });
    servers.push(server);
    if (at === undefined) server.listen(0, "127.0.0.1");
    else server.listen(at);
    await once(server, "listening");
    return at === undefined ? (server.address() as AddressInfo).port : 0;
  }

  /** A port on which nobody listens. */
  async function closedPort(): Promise<number> {
    const port = await listen();
    const server = servers.pop() ?? assert.fail();
    server.close();
    await once(server, "close");
    return port;
  }

  /** Runs the script as a host's root would, with these questions. */
  async function ask(...questions: string[]): Promise<ServingFacts> {
    const env = { PATH: `${path.join(root, "programs")}:${process.env["PATH"] ?? ""}`, GATEBOX_ROOT: root };
    const text = await new Promise<string>((resolve, reject) => {
      const child = execFile("perl", ["-"], { env }, (error, stdout, stderr) => {
        if (error || stderr !== "") reject(new Error(`${error?.message ?? ""}\n${stderr}`));
        else resolve(stdout);
      });
      child.stdin?.end(`${servingQuestion.script}__END__\n${questions.map((line) => `${line}\n`).join("")}`);
    });
    const facts = parseServing(text);
    assert.ok(facts?.whole, text);
    return facts;
  }

  it("is whether its programs answer that they are well", async () => {
    const well = await listen("HTTP/1.0 200 OK\r\n\r\nok\n");
    const ill = await listen("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    const other = await listen("SSH-2.0-OpenSSH\r\n");
    const closed = await closedPort();
    const silent = await listen();
    const { ill: told, ...facts } = await ask(
      `health a 127.0.0.1 ${well} /healthz`,
      `health b 127.0.0.1 ${ill} /healthz`,
      `health c 127.0.0.1 ${other} /-/x`,
      `health d 127.0.0.1 ${closed} /`,
      `health e 127.0.0.1 ${silent} /`,
    );
    assert.deepEqual([...facts.well], ["a"]);
    assert.deepEqual(Object.fromEntries(told), {
      b: `127.0.0.1:${ill}/healthz answers 503`,
      c: `127.0.0.1:${other}/-/x answers no HTTP`,
      d: `nothing answers on 127.0.0.1:${closed}/`,
      e: `nothing answers on 127.0.0.1:${silent}/`,
    });
  });

  const stat = (rows: readonly [string, string, string][]): string =>
    `# pxname,svname,…\n${rows.map(([proxy, server, state]) => `${proxy},${server},${"0,".repeat(15)}${state},1,1\n`).join("")}\n`;

  it("is which servers of each route HAProxy takes to be up", async () => {
    const answer = stat([
      ["wiki-30170", "node-1", "UP"],
      ["wiki-30170", "node-2", "UP 1/3"],
      ["wiki-30170", "node-3", "DOWN 1/2"],
      ["wiki-30170", "BACKEND", "UP"],
      ["git-30180", "node-1", "no check"],
      ["git-30180", "node-2", "MAINT"],
      ["git-30180", "BACKEND", "UP"],
      ["gone-30190", "node-1", "DOWN (agent)"],
      ["gone-30190", "BACKEND", "DOWN"],
    ]);
    await listen(answer, path.join(root, "admin.sock"));
    const { routes, unknown } = await ask("haproxy gateway /admin.sock");
    assert.deepEqual(routes, [
      { assembly: "gateway", name: "git-30180", up: 1, of: 2 },
      { assembly: "gateway", name: "gone-30190", up: 0, of: 1 },
      { assembly: "gateway", name: "wiki-30170", up: 2, of: 3 },
    ]);
    assert.deepEqual(unknown, []);
  });

  it("is all of a thousand routes", async () => {
    const backends = Array.from({ length: 1000 }, (_, index) => `route-${index}-${31_000 + index}`);
    const rows = backends.flatMap((name): [string, string, string][] => [
      ...["node-1", "node-2", "node-3"].map((node): [string, string, string] => [name, node, "UP"]),
      [name, "BACKEND", "UP"],
    ]);
    await listen(stat(rows), path.join(root, "admin.sock"));
    const { routes } = await ask("haproxy gateway /admin.sock");
    assert.equal(routes.length, 1000);
    assert.ok(routes.every(({ up, of }) => up === 3 && of === 3));
  });

  it("is not known where HAProxy's command line is away, or silent", async () => {
    await listen(undefined, path.join(root, "silent.sock"));
    const { routes, unknown } = await ask("haproxy a /away.sock", "haproxy b /silent.sock");
    assert.deepEqual(routes, []);
    assert.deepEqual(unknown, [
      "routes of a: HAProxy does not answer on its command line",
      "routes of b: HAProxy does not answer on its command line",
    ]);
  });

  /** A file of an upstream, as the tree has it. */
  function upstream(name: string, members: readonly string[]): void {
    const folder = path.join(root, "upstreams");
    mkdirSync(folder, { recursive: true });
    const once = members.map((member) => `    server ${member} max_fails=1 fail_timeout=5s; # one\n`);
    const again = members.map((member) => `    server ${member} max_fails=0 backup; # one\n`);
    writeFileSync(path.join(folder, `${name}.conf`), `upstream ${name} {\n    zone ${name} 64k;\n${[...once, ...again].join("")}}\n`); // prettier-ignore
  }

  it("is which members of each upstream take a connection from it", async () => {
    const [one, two, closed] = [await listen(), await listen(), await closedPort()];
    upstream("wiki", [`127.0.0.1:${one}`, `127.0.0.1:${two}`, `127.0.0.1:${closed}`]);
    upstream("gone", [`127.0.0.1:${closed}`]);
    const { routes, unknown } = await ask("nginx webserver /upstreams");
    assert.deepEqual(
      [routes, unknown],
      [
        [
          { assembly: "webserver", name: "gone", up: 0, of: 1 },
          { assembly: "webserver", name: "wiki", up: 2, of: 3 },
        ],
        [],
      ],
    );
  });

  it("is the versions of its packages that are installed", async () => {
    writeProgram(
      path.join(root, "programs/dpkg-query"),
      `printf 'ii  haproxy 2.6.12-1\\nrc  nginx 1.22\\nhi  keepalived 1:2.2.7\\n'; echo 'dpkg-query: no packages' >&2; exit 1`,
    );
    const { versions } = await ask("package haproxy", "package nginx", "package keepalived", "package away");
    assert.deepEqual(Object.fromEntries(versions), { haproxy: "2.6.12-1", keepalived: "1:2.2.7" });
  });

  it("is until when certificates are valid: the first file that is there, and the one that is shown", async () => {
    writeProgram(
      path.join(root, "programs/openssl"),
      `case "$*" in
*s_client*) printf 'x\\n-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\ny\\n' ;;
*/bad.pem) echo 'cannot load' >&2; exit 1 ;;
*-in*) echo 'notAfter=Nov  3 07:05:09 2027 GMT' ;;
*) grep -c AAAA >/dev/null && echo 'notAfter=Dec 31 23:59:59 9999 GMT' ;;
esac`,
    );
    for (const file of ["trial.pem", "bad.pem"]) writeFileSync(path.join(root, file), "");
    const { certificates, unknown } = await ask(
      "shown 127.0.0.1 443",
      "certificate /given.pem /trial.pem",
      "certificate /bad.pem",
      "certificate /away.pem",
    );
    assert.deepEqual(certificates, [
      { where: "/trial.pem", until: Date.parse("2027-11-03T07:05:09Z") },
      { where: "shown to clients", until: Date.parse("9999-12-31T23:59:59Z") },
    ]);
    assert.deepEqual(unknown, ["/bad.pem: OpenSSL reads no certificate there"]);
  });

  it("changes nothing there", async () => {
    upstream("wiki", ["127.0.0.1:9"]);
    const before = readdirSync(root, { recursive: true });
    await ask("nginx webserver /upstreams", "haproxy gateway /away.sock", "package haproxy", "certificate /a.pem");
    assert.deepEqual(readdirSync(root, { recursive: true }), before);
  });

  it("follows from the assemblies of the host", () => {
    const box = parseProtobox();
    const linesOf = (host: string): string[] => servingScript(box, box.hosts[host] ?? assert.fail(host)).split("__END__\n")[1]?.trim().split("\n") ?? []; // prettier-ignore
    const gateway = linesOf("gateway-1");
    assert.ok(gateway.includes("package haproxy"), gateway.join("\n"));
    assert.ok(gateway.includes("health gateway 192.168.1.11 8405 /healthz"), gateway.join("\n"));
    assert.ok(gateway.includes("haproxy gateway /run/haproxy/admin.sock"), gateway.join("\n"));
    const webserver = linesOf("webserver-1");
    assert.ok(webserver.includes("nginx webserver /etc/gatebox/webserver/nginx/upstreams"), webserver.join("\n"));
    assert.ok(webserver.includes("shown 127.0.0.1 443"), webserver.join("\n"));
    assert.ok(
      webserver.some((line) => line.startsWith("certificate /etc/gatebox/webserver/nginx/tls/certificate.pem /")),
    );
    const programs = versionedPrograms(box, box.hosts["webserver-1"] ?? assert.fail()).map((one) => one.package);
    assert.equal(new Set(programs).size, programs.length);
  });

  it("tells no other package's version as that of a containerd that somebody else has brought", () => {
    for (const adopt of [false, true]) {
      const box = parseProtobox({ containerRuntime: { pools: ["nodes-pool"], network: "box-network", adopt } });
      const found = versionedPrograms(box, box.hosts["node-1"] ?? assert.fail());
      const packages = found.flatMap((one) => (one.program === "containerd" ? [one.package] : []));
      assert.deepEqual(packages, adopt ? [] : ["containerd"]);
    }
  });
});
