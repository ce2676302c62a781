import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { GatewayRoute } from "../../box/model.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import type { Count } from "./sandbox/sandbox.ts";
import { gatewayHost, gatewayRoute, sampleBox } from "./sampleRoutes.ts";

/** Real HAProxy, nftables and lifecycle scripts; only systemd is a stand-in (see sandbox/systemctl). */
describe("render: a gateway at work", function () {
  // Each transaction takes well below a second; a machine under load gets ten times that for the dozen of a test.
  this.timeout(120_000);
  let host: Sandbox;

  const servers = [8081, 8082].map((port) => ({ name: `pod-${port}`, address: "192.168.1.51", port }));
  const route = (port: number): GatewayRoute =>
    gatewayRoute(
      { name: "argocd", port, websocket: true },
      { members: servers, check: { path: "/", intervalMs: 500, fall: 2, rise: 1 } },
    );
  const tree = (...ports: number[]): TreeFile[] => gatewayFiles(sampleBox({ gateway: ports.map(route) }), gatewayHost);
  const spoiled = (files: TreeFile[]): TreeFile[] =>
    files.map((file) =>
      file.path === "haproxy/routes/30165.cfg" ? { ...file, text: `${file.text}nonsense\n` } : file,
    );
  const reloads = (): string =>
    host.run("echo 'show proc' | socat - /run/haproxy-master.sock | awk '$2 == \"master\" { print $3, $5 }'").stdout;
  const ask = (port: number): string =>
    host.run(`curl -s -m 3 -o /dev/null -w '%{http_code}' http://192.168.2.11:${port}/`, "gateway-network").stdout;

  const url = "http://192.168.2.11:30165/";
  const underLoad = (work: () => void | Promise<void>): Promise<Count> =>
    host.underLoad(url, "gateway-network", "", work);

  let pods: ChildProcess[] = [];

  beforeEach(async () => {
    host = await Sandbox.make([
      { network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.1" },
      { network: "box-network", address: "192.168.1.11", neighbour: "192.168.1.51" },
    ]);
    pods = await Promise.all(servers.map(({ name, port }) => host.serve(name, "192.168.1.51", port, "box-network")));
    const first = host.apply("gateway", tree(30165));
    assert.deepEqual({ code: first.code, stderr: first.stderr }, { code: 0, stderr: "" });
  });
  afterEach(() => host.remove());

  it("serves, and tells its state on the box network only", () => {
    assert.equal(ask(30165), "200");
    const metrics =
      "curl -s -m 3 http://192.168.1.11:8405/metrics | grep -c 'haproxy_server_status{proxy=\"argocd-30165\"'";
    assert.notEqual(host.run(metrics, "box-network").stdout, "0");
    assert.notEqual(host.run("curl -s -m 1 http://192.168.1.11:8405/healthz", "gateway-network").code, 0);
  });

  it("loses no request over ten reloads that add and remove another route", async () => {
    const before = Number(reloads().split(" ")[0]);
    const { answered, failed, reasons } = await underLoad(() => {
      for (let round = 0; round < 5; round++) {
        assert.equal(host.apply("gateway", tree(30165, 30166)).stderr, "");
        assert.equal(ask(30166), "200");
        assert.equal(host.apply("gateway", tree(30165)).stderr, "");
      }
    });
    assert.equal(Number(reloads().split(" ")[0]) - before, 10);
    assert.deepEqual({ failed, reasons }, { failed: 0, reasons: [] });
    assert.ok(answered > 200, `${answered} requests are no load`);
  });

  it("leaves connections of other routes alone when one is removed, whose port closes", async () => {
    assert.equal(host.apply("gateway", tree(30165, 30166)).code, 0);
    const talk = host.start("socat - TCP:192.168.2.11:30165", "gateway-network");
    const heard: Buffer[] = [];
    talk.stdout?.on("data", (chunk: Buffer) => heard.push(chunk));
    talk.stdin?.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: c2FtcGxlIG5vbmNlIDEyMw==\r\n\r\n",
    );
    await until(() => Buffer.concat(heard).includes("101 Switching Protocols"));
    assert.equal(host.apply("gateway", tree(30165)).code, 0);
    talk.stdin?.write("still here?");
    await until(() => Buffer.concat(heard).includes("still here?"));
    assert.equal(ask(30165), "200");
    assert.equal(ask(30166), "000");
  });

  it("reloads nothing when nothing has changed for HAProxy", () => {
    const before = reloads();
    const files = tree(30165).map((file) => (file.path === "lifecycle/guard" ? { ...file, text: "61\n" } : file));
    assert.equal(host.apply("gateway", files).code, 0);
    assert.equal(reloads(), before);
  });

  it("restarts only when the service itself is declared otherwise", () => {
    const pid = host.run("cat /run/haproxy.pid").stdout;
    const files = tree(30165).map((file) =>
      file.path === "systemd/haproxy.conf" ? { ...file, text: file.text.replace("65536", "32768") } : file,
    );
    assert.equal(host.apply("gateway", files).stderr, "");
    assert.notEqual(host.run("cat /run/haproxy.pid").stdout, pid);
    assert.equal(ask(30165), "200");
  });

  it("restarts nothing when only the dependencies of the service are others, after a start without them too", () => {
    const pid = (): string => host.run("cat /run/haproxy.pid").stdout;
    const without = tree(30165).map((file) =>
      file.path === "systemd/haproxy.conf"
        ? { ...file, text: file.text.replace(/^(?:Requires|After)=gatebox-firewall.*\n/gm, "") }
        : file,
    );
    assert.doesNotMatch(without.find(({ path }) => path === "systemd/haproxy.conf")?.text ?? "", /firewall/);
    assert.equal(host.apply("gateway", without).stderr, "");
    host.run("systemctl restart haproxy.service");
    assert.doesNotMatch(host.run("cat /run/gatebox/gateway/haproxy.started-with").stdout, /firewall/);
    // The first run after a start reloads once; see the drop-in.
    assert.equal(host.apply("gateway", without).stderr, "");
    const before = { pid: pid(), reloads: reloads() };
    host.run(": >/run/systemctl.log");
    assert.equal(host.apply("gateway", tree(30165)).stderr, "");
    assert.deepEqual({ pid: pid(), reloads: reloads() }, before);
    assert.match(host.run("cat /run/systemctl.log").stdout, /^daemon-reload/m);
    assert.equal(ask(30165), "200");
  });

  it("refuses a port that another program holds, without touching HAProxy", async () => {
    const squatter = host.squat(30166);
    const before = reloads();
    const { failed } = await underLoad(() => {
      for (const steps of [["check"], ["activate"]]) {
        const { code, stderr } = host.apply("gateway", tree(30165, 30166), steps);
        assert.equal(code, 1);
        assert.match(stderr, /192\.168\.2\.11:30166 is already taken: 0\.0\.0\.0:30166 .*"socat"/);
      }
    });
    squatter.kill();
    assert.equal(reloads(), before);
    assert.equal(failed, 0);
  });

  it("fails when HAProxy does not take a configuration; the previous one serves, and going back puts all in order", async () => {
    const { failed } = await underLoad(() => {
      const { code, stderr } = host.apply("gateway", spoiled(tree(30165)), ["activate"]);
      assert.equal(code, 1);
      assert.match(stderr, /30165\.cfg.*unknown keyword 'nonsense'/);
      assert.match(stderr, /HAProxy did not take the new configuration; it goes on with the one before/);
      assert.match(host.apply("gateway", spoiled(tree(30165)), ["probe"]).stderr, /last reload \(number 1\) failed/);
      assert.match(reloads(), /^1 1/);
      assert.equal(ask(30165), "200");
      assert.equal(host.apply("gateway", tree(30165), ["activate", "probe"]).stderr, "");
      assert.match(reloads(), /^2 0/);
    });
    assert.equal(failed, 0);
  });

  it("refuses in its check what HAProxy or nftables refuse, and an interface or an address that is not there", () => {
    const change = (path: string, from: string, to: string): string => {
      const files = tree(30165).map((file) =>
        file.path === path ? { ...file, text: file.text.replaceAll(from, to) } : file,
      );
      const { code, stderr } = host.apply("gateway", files, ["check"]);
      assert.notEqual(code, 0);
      return stderr;
    };
    assert.match(
      change("haproxy/routes/30165.cfg", "balance", "blance"),
      /haproxy\/routes\/30165\.cfg:\d+.*unknown keyword/,
    );
    assert.match(change("border/ports/30165.nft", "declared", "delcared"), /ports\/30165\.nft:1/);
    assert.match(
      change("lifecycle/settings", "gateway-network", "gateway-netwrok"),
      /has no interface gateway-netwrok/,
    );
    assert.match(
      change("lifecycle/settings", "192.168.2.11", "192.168.2.1"),
      /does not have the address 192\.168\.2\.1$/m,
    );
  });

  it("loses no request when a server dies", async () => {
    const work = async (): Promise<void> => {
      pods[0]?.kill();
      host.run("pkill -KILL -f 'server.ts pod-8081'");
      await pause(2000);
    };
    const { answered, failed, repeated, reasons } = await host.underLoad(url, "gateway-network", "webserver", work);
    assert.deepEqual({ failed, reasons }, { failed: 0, reasons: [] });
    // Seen once in many runs: a request closed without an answer. It is supposed, not shown, that on-marked-down closes one that is
    // about to be sent to another server. A web server asks another gateway then; each of the ten loops can have one.
    assert.ok(repeated <= 10, `${repeated} requests were closed without an answer`);
    assert.ok(answered > 200, `${answered} requests are no load`);
  });

  it("closes the connection, for the web server to ask another gateway, when no server is left", async () => {
    host.run("pkill -KILL -f server.ts");
    await until(() => ask(30165) === "000");
  });

  it("sends the application's own 503 on", () => {
    assert.equal(
      host.run("curl -s -m 3 -o /dev/null -w '%{http_code}' http://192.168.2.11:30165/503", "gateway-network").stdout,
      "503",
    );
  });

  it("stops for good when its base is removed", () => {
    const { code, stderr } = host.run("cd /etc/gatebox/gateway && sh -eu lifecycle/deactivate");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(ask(30165), "000");
    assert.notEqual(host.run("nft list table inet gatebox_border").code, 0);
  });
});
