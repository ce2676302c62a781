import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { WebserverRoute } from "../../box/model.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import type { Count } from "./sandbox/sandbox.ts";
import { sampleBox, stream, webserverHost, webserverRoute } from "./sampleRoutes.ts";

interface Seen {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Real nginx and lifecycle scripts between a client and three gateways; only systemd is a stand-in. */
describe("render: a web server at work", function () {
  this.timeout(120_000);
  let host: Sandbox;

  const client = "public-network";
  const gateways = "gateway-network";
  const argocd = webserverRoute({ websocket: true });
  const other = webserverRoute({ name: "other", location: "/other/", upstream: stream("stream_other", 30165) });
  const tree = (...web: WebserverRoute[]): TreeFile[] => webserverFiles(sampleBox({ web }), webserverHost);
  const changed = (path: string, from: string, to: string): TreeFile[] =>
    tree(argocd).map((file) => (file.path === path ? { ...file, text: file.text.replaceAll(from, to) } : file));
  const curl = (path: string, more = ""): string =>
    host.run(`curl -sk -m 5 ${more} https://192.168.0.30${path}`, client).stdout;
  const status = (path: string): string => curl(path, "-o /dev/null -w '%{http_code}'");
  const seen = (path: string, more = ""): Seen => JSON.parse(curl(path, more)) as Seen;
  const workers = (): string => host.run("pgrep -f 'nginx: worker process$' | sort").stdout;

  async function underLoad(work: () => void | Promise<void>): Promise<Pick<Count, "failed" | "reasons">> {
    const { answered, failed, reasons } = await host.underLoad("https://192.168.0.30/argocd/", client, "browser", work);
    assert.ok(answered > 100, `${answered} requests are no load`);
    return { failed, reasons };
  }

  beforeEach(async () => {
    host = await Sandbox.make([
      { network: client, address: "192.168.0.30", neighbour: "192.168.0.100" },
      { network: gateways, address: "192.168.2.1", neighbour: "192.168.2.11" },
    ]);
    host.run("ip addr add 192.168.2.12/24 dev peer; ip addr add 192.168.2.13/24 dev peer", gateways);
    for (const last of [11, 12, 13]) {
      await host.serve(`gateway-${last}`, `192.168.2.${last}`, 30165, gateways);
    }
    const { code, stderr } = host.apply("webserver", tree(argocd));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
  afterEach(() => host.remove());

  it("serves its locations over HTTPS and HTTP/2, and sends everything else there", () => {
    assert.equal(curl("/argocd/", "-o /dev/null -w '%{http_version} %{http_code}'"), "2 200");
    assert.equal(
      curl("/argocd?a=b", "-o /dev/null -w '%{http_code} %{redirect_url}'"),
      "308 https://192.168.0.30/argocd/?a=b",
    );
    const plain = host.run(
      "curl -s -o /dev/null -w '%{http_code} %{redirect_url}' http://192.168.0.30/argocd/?a=b",
      client,
    );
    assert.equal(plain.stdout, "308 https://192.168.0.30/argocd/?a=b");
  });

  it("has a plain 404 that names no program", () => {
    const answer = curl("/nothing", "-i").toLowerCase();
    assert.match(answer, /^http\/2 404/);
    assert.match(answer, /there is no service at this address\./);
    assert.doesNotMatch(answer, /nginx\/|<html/);
  });

  it("strips the location, and tells the application what it knows, not what the client claims", () => {
    const claims = [
      "X-Forwarded-For: 6.6.6.6",
      "X-Real-IP: 6.6.6.6",
      "Forwarded: for=6.6.6.6",
      "X-Forwarded-Host: evil",
    ];
    const more = ["X-Forwarded-Proto: gopher", "X-Forwarded-Prefix: /evil", "X-Original-URL: /admin", "Proxy: evil"];
    const { url, headers } = seen("/argocd/login?a=b", [...claims, ...more].map((one) => `-H '${one}'`).join(" "));
    assert.equal(url, "/login?a=b");
    const { host: name, ...rest } = headers;
    assert.equal(name, "192.168.0.30");
    assert.equal(rest["x-forwarded-for"], "192.168.0.100");
    assert.equal(rest["x-real-ip"], "192.168.0.100");
    assert.equal(rest["x-forwarded-proto"], "https");
    assert.equal(rest["x-forwarded-port"], "443");
    assert.doesNotMatch(JSON.stringify(rest), /6\.6\.6\.6|evil|gopher|admin/);
  });

  it("makes the trial pair once, for its names and addresses, readable by root alone", () => {
    const facts = "openssl x509 -in /var/lib/gatebox/trial-tls/certificate.pem -noout -ext subjectAltName -serial";
    const first = host.run(facts).stdout;
    assert.match(first, /DNS:protobox\.example, DNS:www\.protobox\.example, IP Address:192\.168\.0\.30/);
    assert.equal(host.run("stat -c '%a %U' /var/lib/gatebox/trial-tls/key.pem").stdout, "600 root");
    assert.equal(host.apply("webserver", tree(argocd, other)).code, 0);
    assert.equal(host.run(facts).stdout, first);
  });

  it("answers every request while two of three gateways stop, one after the other", async () => {
    const result = await underLoad(async () => {
      for (const last of [11, 12]) {
        host.run(`pkill -KILL -f 'server.ts gateway-${last}'`);
        await pause(700);
      }
    });
    assert.deepEqual(result, { failed: 0, reasons: [] });
  });

  it("answers every request while one gateway is stopped and one cannot be reached at all", async () => {
    host.run("pkill -KILL -f 'server.ts gateway-11'");
    // Silence, as behind a dead switch; an address that is merely gone would be reported by the kernel after 3 s.
    const silence = "table ip silence { chain in { type filter hook input priority 0; ip daddr 192.168.2.12 drop; }; }";
    assert.equal(host.run(`nft '${silence}'`, gateways).stderr, "");
    // Longer than the 5 s after which nginx tries a failed gateway again.
    assert.deepEqual(await underLoad(() => pause(7000)), { failed: 0, reasons: [] });
  });

  it("loses no request over reloads that add and remove another route", async () => {
    const result = await underLoad(() => {
      for (let round = 0; round < 5; round++) {
        assert.equal(host.apply("webserver", tree(argocd, other)).stderr, "");
        assert.equal(status("/other/"), "200");
        assert.equal(host.apply("webserver", tree(argocd)).stderr, "");
        assert.equal(status("/other/"), "404");
      }
    });
    assert.deepEqual(result, { failed: 0, reasons: [] });
  });

  it("passes a WebSocket on, and keeps it over a reload", async () => {
    const target = "OPENSSL:192.168.0.30:443,verify=0";
    const talk: ChildProcess = host.start(`socat - ${target}`, client);
    const heard: Buffer[] = [];
    talk.stdout?.on("data", (chunk: Buffer) => heard.push(chunk));
    talk.stdin?.write(
      "GET /argocd/ HTTP/1.1\r\nHost: 192.168.0.30\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: c2FtcGxlIG5vbmNlIDEyMw==\r\n\r\n",
    );
    await until(() => Buffer.concat(heard).includes("101 Switching Protocols"));
    assert.equal(host.apply("webserver", tree(argocd, other)).code, 0);
    talk.stdin?.write("still here?");
    await until(() => Buffer.concat(heard).includes("still here?"));
  });

  it("reloads nothing when nothing has changed for nginx", () => {
    const before = workers();
    assert.notEqual(before, "");
    assert.equal(host.apply("webserver", [...tree(argocd), { path: "note", mode: "0644", text: "" }]).code, 0);
    assert.equal(workers(), before);
  });

  it("restarts and reloads nothing when only the dependencies of the service are others", () => {
    const running = (): string => `${host.run("cat /run/nginx.pid").stdout} ${workers()}`;
    const dropIn = (): string => host.run("cat /run/gatebox/webserver/nginx.started-with").stdout;
    const without = changed("systemd/nginx.conf", "=gatebox-firewall.service", "=network.target");
    host.run("systemctl stop nginx.service");
    assert.equal(host.apply("webserver", without).stderr, "");
    assert.doesNotMatch(dropIn(), /firewall/);
    const before = running();
    assert.equal(host.apply("webserver", tree(argocd)).stderr, "");
    assert.equal(running(), before);
    const other = changed("systemd/nginx.conf", "LimitNOFILE=65536", "LimitNOFILE=32768");
    assert.equal(host.apply("webserver", other).stderr, "");
    assert.notEqual(running(), before);
  });

  it("refuses in its check what nginx refuses, and a port that another program holds", () => {
    const spoiled = host.apply("webserver", changed("nginx/locations/argocd.conf", "proxy_pass", "porxy_pass"), [
      "check",
    ]);
    assert.equal(spoiled.code, 1);
    assert.match(spoiled.stderr, /unknown directive "porxy_pass" in .*locations\/argocd\.conf/);
    host.run("systemctl stop nginx.service");
    const squatter = host.squat(443);
    assert.match(host.apply("webserver", tree(argocd), ["check"]).stderr, /port 443 is already taken: .*"socat"/);
    squatter.kill();
  });

  it("fails when nginx does not take a configuration that its checker accepts; the previous one serves", async () => {
    const squatter = host.squat(444);
    const before = workers();
    const result = await underLoad(() => {
      const taken = changed("nginx/nginx.conf", "listen 127.0.0.1:8404;", "listen 444;");
      const { code, stderr } = host.apply("webserver", taken, ["activate"]);
      assert.equal(code, 1);
      assert.match(stderr, /bind\(\) to 0\.0\.0\.0:444 failed/);
      assert.match(stderr, /nginx did not take the new configuration; it goes on with the one before/);
    });
    squatter.kill();
    assert.deepEqual(result, { failed: 0, reasons: [] });
    assert.equal(workers(), before);
    assert.equal(host.apply("webserver", tree(argocd), ["activate", "probe"]).stderr, "");
    assert.notEqual(workers(), before);
  });

  it("stops for good when its base is removed, and keeps its trial pair", () => {
    const { code, stderr } = host.run("cd /etc/gatebox/webserver && sh -eu lifecycle/deactivate");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(status("/argocd/"), "000");
    assert.equal(host.run("test -s /var/lib/gatebox/trial-tls/key.pem").code, 0);
  });
});
