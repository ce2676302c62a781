import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { edited, FirewallHost, listening, node, webserver } from "./sandbox/firewallHost.ts";
import { until } from "./sandbox/sandbox.ts";

/** What others may reach: gateway-1 of the Protobox, asked from its networks, from pods and from what appears later. */
describe("render/firewall: what is open", function () {
  // Silence has to be waited for: a second for each sweep.
  this.timeout(60_000);
  let host: FirewallHost;

  beforeEach(async () => {
    host = await FirewallHost.make();
  });
  afterEach(() => host.sandbox.remove());

  it("everything, before it stands, so that the tests below can fail", () => {
    assert.deepEqual(host.open(node, "192.168.1.11", listening, 10), listening);
    assert.deepEqual(host.open(webserver, "192.168.2.11", listening, 10), listening);
  });

  it("declared ports on their network, SSH where the operator is, and nothing else", () => {
    host.apply();
    assert.deepEqual(host.open(node, "192.168.1.11"), [22, 8405, 10250, 30170]);
    assert.deepEqual(host.open(webserver, "192.168.2.11"), [30170]);
    assert.ok(host.counted("closed_ssh") > 0);
    assert.ok(host.counted("refused_input") > 0);
    // A port of that range that the border does not let past connection tracking.
    host.run("nft delete chain inet border in");
    assert.deepEqual(host.open(webserver, "192.168.2.11"), []);
  });

  it("no port of an interface that appears later, nor a route through the host from there", () => {
    host.apply();
    const later = host.plug("later", {
      kind: "veth",
      here: "ip addr add 10.7.7.1/24 dev later",
      there: "ip addr add 10.7.7.2/24 dev eth0; ip route add default via 10.7.7.1",
    });
    const before = [host.counted("refused_input"), host.counted("refused_forward")] as const;
    assert.deepEqual(host.open(later, "10.7.7.1"), []);
    assert.deepEqual(host.open(later, "192.168.1.11"), []);
    assert.deepEqual(host.open(later, "192.168.2.1", [80]), []);
    assert.ok(host.counted("refused_input") > before[0]);
    assert.ok(host.counted("refused_forward") > before[1]);
  });

  it("pods: in, out, and from the box network; not from the gateway network, by a NodePort or directly", async () => {
    host.apply();
    const pod = host.plug("cali1", {
      kind: "veth",
      here: "ip route add 10.233.64.5 dev cali1; sysctl -qw net.ipv4.conf.cali1.proxy_arp=1",
      there: "ip addr add 10.233.64.5/32 dev eth0; ip route add default dev eth0",
    });
    host.run("ip route add 10.233.64.0/24 via 192.168.2.11", webserver);
    assert.deepEqual(host.open(pod, "192.168.1.11", [9999], 5), [9999]);
    assert.deepEqual(host.open(pod, "192.168.2.1", [80], 5), [80]);
    host.sandbox.start(`nsenter -t ${pod} -n socat TCP-LISTEN:8081,fork,reuseaddr SYSTEM:true`);
    await until(() => host.run(`nsenter -t ${pod} -n ss -Hltn sport = :8081`) !== "");
    assert.deepEqual(host.open(node, "10.233.64.5", [8081], 5), [8081]);
    assert.deepEqual(host.open(undefined, "10.233.64.5", [8081], 5), [8081]);
    assert.deepEqual(host.open(node, "192.168.1.11", [30165], 5), [30165]);
    const before = host.counted("refused_forward");
    assert.deepEqual(host.open(webserver, "192.168.2.11", [30165]), []);
    assert.deepEqual(host.open(webserver, "10.233.64.5", [8081]), []);
    assert.ok(host.counted("refused_forward") > before);
  });

  it("the host to pods behind a bridge", () => {
    host.apply();
    const pod = host.plug("cni0", {
      kind: "bridge",
      here: "ip addr add 10.233.64.1/24 dev cni0",
      there: "ip addr add 10.233.64.5/24 dev eth0; ip route add default via 10.233.64.1",
    });
    assert.deepEqual(host.open(pod, "192.168.1.11", [9999], 5), [9999]);
  });

  it("nothing to what has the name of a pod's interface, but an address of the box", () => {
    host.apply();
    const forger = host.plug("cali2", {
      kind: "veth",
      here: "ip addr add 192.168.1.200/28 dev cali2",
      there: "ip addr add 192.168.1.201/28 dev eth0",
    });
    assert.deepEqual(host.open(forger, "192.168.1.200"), []);
  });

  it("nothing to what has the name of a pod's interface, but an address that is reached elsewhere", () => {
    host.apply();
    const forger = host.plug("cali3", {
      kind: "veth",
      here: "ip addr add 10.9.0.1/24 dev cali3; ip route add 10.8.0.0/24 via 192.168.1.51",
      there: "ip addr add 10.9.0.2/24 dev eth0",
    });
    assert.deepEqual(host.open(forger, "10.9.0.1", [9999], 5), [9999]);
    const claim = "ip addr add 10.8.0.2/32 dev eth0; ip route change 10.9.0.0/24 dev eth0 src 10.8.0.2";
    host.run(`nsenter -t ${forger} -n sh -euc '${claim}'`);
    assert.deepEqual(host.open(forger, "10.9.0.1"), []);
  });

  it("nothing to what has the name of a pod's bridge, but is none", () => {
    host.apply();
    const forger = host.plug("cni0", {
      kind: "veth",
      here: "ip addr add 10.6.0.1/24 dev cni0",
      there: "ip addr add 10.6.0.2/24 dev eth0",
    });
    assert.deepEqual(host.open(forger, "10.6.0.1"), []);
  });

  it("nothing to a forged address, which is counted as such", () => {
    host.apply();
    host.run("ip addr add 10.9.9.9/32 dev lo", node);
    host.run("ip route add 10.9.9.0/24 dev gateway-network");
    const before = host.counted("forged");
    const { code } = host.sandbox.run("curl -s -m 1 --interface 10.9.9.9 http://192.168.1.11:8405/", node);
    assert.equal(code, 28);
    assert.ok(host.counted("forged") > before);
  });

  it("the host to answers, also to what it began before there were any rules", async () => {
    // Without rules the kernel tracks no connections.
    host.run("nft flush ruleset");
    const late = "TCP-LISTEN:82,reuseaddr SYSTEM:'until [ -e /run/speak ]; do sleep 0.05; done; echo late'";
    host.sandbox.start(`socat ${late}`, webserver);
    await until(() => host.run("ss -Hltn sport = :82", webserver) !== "");
    const heard: string[] = [];
    const listener = host.sandbox.start("socat -u TCP:192.168.2.1:82 -");
    listener.stdout?.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
    await until(() => host.run("ss -Htn state established dport = :82") !== "");
    host.apply();
    host.run("touch /run/speak");
    await until(() => heard.join("") === "late\n");
    assert.deepEqual(host.open(undefined, "192.168.2.1", [80], 5), [80]);
  });

  it("no session on SSH's port when its interface is the wrong one: it stalls, for the guard to see", async () => {
    const session = host.sandbox.start("socat - TCP:192.168.1.11:22", node);
    const heard: string[] = [];
    session.stdout?.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
    session.stdin?.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await until(() => heard.join("").includes("101 Switching Protocols"));
    session.stdin?.write("one");
    await until(() => heard.join("").endsWith("one"));
    const wrong = (text: string): string =>
      text.replace(/iifname \{ "box-network" \}(?= .*the operator)/g, 'iifname { "gateway-network" }');
    host.apply(edited("nft/firewall.nft", wrong));
    session.stdin?.write("two");
    await pause(500);
    assert.match(heard.join(""), /one$/);
    host.apply();
    await until(() => heard.join("").endsWith("onetwo"));
  });
});
