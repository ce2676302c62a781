import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { gatewayFiles } from "../../render/gateway/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { gatewayHost, gatewayRoute, sampleBox } from "./sampleRoutes.ts";

// What kube-proxy does for two NodePorts, whatever address they are asked on; on a host that forwards, as its nodes do.
const kubeProxy = `sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'RULES'
table ip kube-proxy {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport { 30165, 30170 } dnat to 192.168.1.51:8081
    fib daddr type local udp dport 30171 dnat to 192.168.1.51:8082
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "box-network" masquerade
    ip saddr 192.168.1.128/25 oifname "gateway-network" masquerade
  }
}
RULES`;

/** The border between three network namespaces, with rules before it that do what kube-proxy does. */
describe("render: the border at work", function () {
  // Silence has to be waited for: a second for each way that must be closed.
  this.timeout(60_000);
  let host: Sandbox;

  const webserver = "gateway-network";
  const node = "box-network";
  const members = [{ name: "pod", address: "192.168.1.51", port: 8081 }];
  const tree = (...ports: number[]): TreeFile[] =>
    gatewayFiles(
      sampleBox({ gateway: ports.map((port) => gatewayRoute({ port, websocket: true }, { members })) }),
      gatewayHost,
    );

  const apply = (...ports: number[]): void => {
    const { code, stderr } = host.apply("gateway", tree(...ports));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  };
  /** The status over HTTP; 000 for none, with `refused` where the host said so and `silent` where it said nothing. */
  const status = (seconds: number, from: string | undefined, address: string, port: number, more = ""): string => {
    const { code, stdout } = host.run(
      `curl -s -m ${seconds} ${more} -o /dev/null -w '%{http_code}' http://${address}:${port}/`,
      from,
    );
    return code === 28 ? "silent" : code === 7 ? "refused" : stdout;
  };
  type Asked = [from: string | undefined, address: string, port: number, more?: string];
  const ask = (...asked: Asked): string => status(1, ...asked);
  /** Waits for an answer that must come, on a busy machine too. */
  const answer = (...asked: Asked): string => status(10, ...asked);
  const dropped = (why: string): number =>
    Number(
      host.run(`nft list table inet gatebox_border | sed -n 's/.*packets \\([0-9]*\\) .*"${why}.*/\\1/p' | head -n 1`)
        .stdout,
    );

  beforeEach(async () => {
    host = await Sandbox.make([
      { network: webserver, address: "192.168.2.11", neighbour: "192.168.2.1" },
      { network: node, address: "192.168.1.11", neighbour: "192.168.1.51" },
    ]);
    await host.serve("pod", "192.168.1.51", 8081, node);
    await host.serve("kubelet", "0.0.0.0", 10250);
    await host.serve("sshd", "0.0.0.0", 22);
    await host.serve("web", "0.0.0.0", 80, webserver);
    assert.equal(host.run(kubeProxy).stderr, "");
    assert.equal(host.run("ip route add default via 192.168.1.11", node).stderr, "");
    assert.equal(host.run("ip route add 192.168.1.0/24 via 192.168.2.11", webserver).stderr, "");
  });
  afterEach(() => host.remove());

  it("finds everything open before it stands, so that the tests below can fail", () => {
    for (const port of [22, 10250, 30165, 30170])
      assert.equal(answer(webserver, "192.168.2.11", port), "200", String(port));
    assert.equal(answer(webserver, "192.168.1.11", 10250), "200");
    assert.equal(answer(node, "192.168.2.1", 80), "200");
    assert.equal(
      host.run("ip route add 192.168.1.0/24 via 192.168.2.11 dev peer 2>/dev/null; true", webserver).code,
      0,
    );
  });

  it("lets declared ports in, past DNAT, to HAProxy", () => {
    apply(30165);
    assert.equal(answer(webserver, "192.168.2.11", 30165), "200");
    const served =
      "curl -s http://192.168.1.11:8405/metrics | sed -n 's/^haproxy_frontend_http_requests_total{proxy=\"argocd-30165\"} //p'";
    assert.equal(host.run(served, node).stdout, "1");
    assert.equal(host.run("nft list table ip kube-proxy | grep -c dnat").stdout, "2");
  });

  it("is silent on every other port of the host", () => {
    apply(30165);
    for (const port of [22, 10250, 30170, 8405, 9999])
      assert.equal(ask(webserver, "192.168.2.11", port), "silent", String(port));
    assert.ok(dropped("ssh is for the box network") > 0);
    assert.ok(dropped("NodePort that is not declared") > 0);
  });

  it("is silent on the host's addresses of other networks, and leads nowhere behind it", () => {
    apply(30165);
    for (const port of [10250, 30165, 8405]) assert.equal(ask(webserver, "192.168.1.11", port), "silent", String(port));
    assert.equal(ask(webserver, "192.168.1.51", 8081), "silent");
    assert.equal(ask(node, "192.168.2.1", 80), "silent");
  });

  it("opens a declared port on the gateway network's own address only", () => {
    // The same number as that of the metrics, which answer on the box network.
    apply(30165, 8405);
    assert.equal(answer(webserver, "192.168.2.11", 8405), "200");
    assert.equal(ask(webserver, "192.168.1.11", 8405), "silent");
    assert.equal(answer(node, "192.168.1.11", 8405), "404");
  });

  it("drops NodePorts over UDP", async () => {
    host.start("socat -u UDP-RECV:8082 OPEN:/run/heard,creat,append", node);
    await until(() => host.run("ss -Hlun sport = :8082", node).stdout !== "");
    const say = (word: string): void => void host.run(`echo ${word} | socat -u - UDP:192.168.2.11:30171`, webserver);
    const heard = (): string => host.run("cat /run/heard").stdout;
    say("before");
    await until(() => heard() === "before");
    apply(30165);
    say("after");
    await pause(300);
    assert.equal(heard(), "before");
  });

  it("leaves the box network alone", () => {
    apply(30165);
    for (const port of [22, 10250, 30165, 30170, 8405]) {
      assert.equal(answer(node, "192.168.1.11", port), port === 8405 ? "404" : "200", String(port));
    }
  });

  it("lets the host and its pods ask outward, also from a port in the range of NodePorts", () => {
    apply(30165);
    assert.equal(answer(undefined, "192.168.2.1", 80), "200");
    assert.equal(answer(undefined, "192.168.2.1", 80, "--local-port 30170"), "200");
  });

  it("drops forged addresses", () => {
    apply(30165);
    host.run("ip addr add 192.168.1.77/32 dev lo; ip addr add 10.9.9.9/32 dev lo", webserver);
    host.run("ip route add 10.9.9.0/24 dev box-network");
    assert.equal(ask(webserver, "192.168.2.11", 30165, "--interface 192.168.1.77"), "silent");
    assert.ok(dropped("forged: an address of another network") > 0);
    assert.equal(ask(webserver, "192.168.2.11", 30165, "--interface 10.9.9.9"), "silent");
    assert.ok(dropped("forged: the way back leads elsewhere") > 0);
  });

  it("answers an echo request, and lets VRRP in but no other protocol", async () => {
    apply(30165);
    const echo = "printf '\\010\\000\\367\\377\\000\\000\\000\\000' | socat -t 1 - IP4-SENDTO:192.168.2.11:1 | wc -c";
    assert.notEqual(host.run(echo, webserver).stdout, "0");
    const heard: Record<string, string> = {};
    for (const protocol of ["112", "50"]) {
      const listener = host.start(`socat -u IP4-RECV:${protocol} -`);
      listener.stdout?.on("data", (chunk: Buffer) => (heard[protocol] = chunk.toString()));
    }
    await until(() => host.run("ss -Hwan | wc -l").stdout === "2");
    for (const protocol of ["112", "50"])
      host.run(`echo hello | socat -u - IP4-SENDTO:192.168.2.11:${protocol}`, webserver);
    await until(() => "112" in heard);
    await pause(300);
    assert.deepEqual(Object.keys(heard), ["112"]);
  });

  it("is as strict over IPv6, and lets neighbours find each other", async () => {
    const link = (device: string, where?: string): string =>
      host.run(`ip -o -6 addr show dev ${device} scope link | awk '{ sub("/64", "", $4); print $4 }'`, where).stdout;
    const [ours, theirs] = [link("gateway-network"), link("peer", webserver)];
    await host.serve("kubelet", "::", 10251);
    await host.serve("web", "::", 81, webserver);
    // Duplicate address detection takes a second, and longer on a busy machine; nobody answers before it is over.
    const tentative = (where?: string): string => host.run("ip -o -6 addr show tentative", where).stdout;
    await until(() => tentative() + tentative(webserver) === "");
    assert.equal(answer(webserver, `[${ours}%25peer]`, 10251), "200");
    apply(30165);
    assert.equal(ask(webserver, `[${ours}%25peer]`, 10251), "silent");
    host.run("ip -6 neigh flush all");
    assert.equal(answer(undefined, `[${theirs}%25gateway-network]`, 81), "200");
  });

  it("takes the place of the one before in one step, and leaves the tables of others alone", () => {
    apply(30165);
    const others = (): string => host.run("nft list table ip kube-proxy").stdout;
    const before = others();
    apply(30165, 30170);
    assert.equal(answer(webserver, "192.168.2.11", 30170), "200");
    apply(30170);
    assert.equal(ask(webserver, "192.168.2.11", 30165), "silent");
    assert.equal(answer(webserver, "192.168.2.11", 30170), "200");
    assert.equal(others(), before);
  });

  it("stalls a session on SSH's port when the interface is the wrong one, for the guard to see", async () => {
    const session = host.start("socat - TCP:192.168.1.11:22", node);
    const heard: string[] = [];
    session.stdout?.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
    session.stdin?.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: c2FtcGxlIG5vbmNlIDEyMw==\r\n\r\n",
    );
    await until(() => heard.join("").includes("101 Switching Protocols"));
    session.stdin?.write("one");
    await until(() => heard.join("").endsWith("one"));
    const wrong = tree(30165).map((file) =>
      file.path === "border/base.nft"
        ? { ...file, text: file.text.replaceAll('"gateway-network"', '"box-network"') }
        : file,
    );
    assert.equal(host.apply("gateway", wrong, ["activate"]).code, 0);
    session.stdin?.write("two");
    await pause(500);
    assert.match(heard.join(""), /one$/);
    apply(30165);
    await until(() => heard.join("").endsWith("onetwo"));
  });
});
