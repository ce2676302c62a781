import assert from "node:assert/strict";
import { once } from "node:events";
import { borderBase } from "../../render/border/rules.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

/** Ports that the border declares, and all that a pod's connections may be masqueraded to: four of five are declared. */
const declared = Array.from({ length: 800 }, (_, index) => 30_100 + index);
const translated = "30000-30999";

/** Connections of the pod, each to one of some ports of the server outside. */
const CONNECTIONS = 3000;
const servers = [7001, 7002, 7003, 7004] as const;

const rules = borderBase({
  gatewayInterface: "gateway-network",
  gatewayCidr: "192.168.2.0/24",
  innerInterfaces: ["box-network"],
  innerCidrs: ["192.168.1.0/24"],
  innerPrefixes6: [],
}).replace(/^include .*$/m, `add element inet gatebox_border declared_ports { ${declared.join(", ")} }`);

// What kube-proxy and the pod network do: NodePorts are led to a pod, and pods leave with the host's address.
const others = `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -6 addr add fd02::11/64 dev gateway-network nodad
ip -6 addr add fd33::1/64 dev cali1 nodad
nft -f - <<'RULES'
table inet kube-proxy {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport 30000-32767 dnat ip to 10.233.64.5:8081
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    iifname "cali1" oifname "gateway-network" meta l4proto tcp masquerade to :${translated} fully-random
  }
}
RULES`;

// Prints how many connections brought back what they sent, and how many did not.
const asker = `
const { connect } = require("node:net");
const [address, count, ...ports] = process.argv.slice(1);
let begun = 0, answered = 0, failed = 0;
const next = () => {
  if (begun === Number(count)) return;
  const text = String(begun);
  const socket = connect({ host: address, port: Number(ports[begun++ % ports.length]) });
  socket.setTimeout(1500, () => socket.destroy());
  socket.on("connect", () => socket.write(text));
  socket.on("data", (data) => { answered += String(data) === text ? 1 : 0; failed -= 1; socket.end(); });
  socket.on("error", () => undefined);
  socket.on("close", () => { failed += 1; next(); });
};
for (let at = 0; at < 50; at++) next();
process.on("exit", () => console.log(answered + " " + failed));`;

// Sends back what it hears, on each of the ports. It says "late" a while after it has heard "wait".
const echo = `
const { createServer } = require("node:net");
const { existsSync } = require("node:fs");
for (const port of process.argv.slice(1))
  createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      if (String(data).trim() !== "wait") return void socket.write(data);
      const timer = setInterval(() => {
        if (!existsSync("/run/speak")) return;
        clearInterval(timer);
        socket.write("late");
      }, 50);
    });
  }).listen({ port: Number(port), host: "::", backlog: 500 });`;

/** A pod of a gateway whose connections leave with the gateway's address, from ports of which most are declared. */
describe("render: the border and answers to tracked connections", function () {
  this.timeout(90_000);
  let host: Sandbox;
  const [outside, pod] = ["gateway-network", "cali1"];

  const load = (): void => {
    const { code, stderr } = host.run(`nft -f - <<'RULES'\n${rules}\nRULES`);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  };
  const node = (program: string, args: readonly (string | number)[]): string =>
    `${process.execPath} --no-warnings -e '${program}' ${args.join(" ")}`;
  const listens = (port: number, where?: string): Promise<void> =>
    until(() => host.run(`ss -Hltn sport = :${port}`, where).stdout !== "");
  const elements = (set: string): number =>
    host.run(`nft list set inet gatebox_border ${set} | grep -o timeout | wc -l`).stdout === ""
      ? 0
      : Number(host.run(`nft list set inet gatebox_border ${set} | grep -o ' timeout ' | wc -l`).stdout);

  beforeEach(async () => {
    host = await Sandbox.make([
      { network: outside, address: "192.168.2.11", neighbour: "192.168.2.1" },
      { network: pod, address: "10.233.64.1", neighbour: "10.233.64.5" },
    ]);
    assert.equal(host.run(others).stderr, "");
    host.run("ip route add default via 10.233.64.1; ip -6 addr add fd33::5/64 dev peer nodad", pod);
    host.run("ip -6 route add default via fd33::1", pod);
    host.run("ip -6 addr add fd02::1/64 dev peer nodad", outside);
    host.start(node(echo, servers), outside);
    host.start(node(echo, [8081]), pod);
    host.start(node(echo, [30_165, 30_999]));
    await listens(7004, outside);
    await listens(8081, pod);
    await listens(30_165);
  });
  afterEach(() => host.remove());

  for (const address of ["192.168.2.1", "fd02::1"])
    it(`brings them back, all of ${CONNECTIONS}, to ${address}`, () => {
      load();
      assert.equal(host.run(node(asker, [address, CONNECTIONS, ...servers]), pod).stdout, `${CONNECTIONS} 0`);
      assert.ok(elements(address.includes(":") ? "translated6" : "translated4") > 100);
    });

  it("leaves declared ports to what listens on the host, and the others closed, meanwhile", () => {
    load();
    assert.equal(host.run(node(asker, ["192.168.2.1", 200, ...servers]), pod).stdout, "200 0");
    assert.equal(host.run(node(asker, ["192.168.2.11", 200, 30_165]), outside).stdout, "200 0");
    assert.equal(host.run(node(asker, ["192.168.2.11", 5, 30_999]), outside).stdout, "0 5");
    // Nobody outside adds to what is remembered.
    host.run("nft flush set inet gatebox_border translated4; nft flush set inet gatebox_border asked4");
    assert.equal(host.run(node(asker, ["192.168.2.11", 200, 30_165]), outside).stdout, "200 0");
    assert.deepEqual([elements("asked4"), elements("translated4")], [0, 0]);
  });

  it("leaves no client of HAProxy without one while the border is changed", async () => {
    load();
    const asking = host.start(node(asker, ["192.168.2.11", 2000, 30_165]), outside);
    const said: Buffer[] = [];
    asking.stdout?.on("data", (data: Buffer) => said.push(data));
    const ended = once(asking, "close");
    for (let change = 0; change < 10; change++) load();
    await ended;
    assert.equal(Buffer.concat(said).toString(), "2000 0\n");
  });

  it("brings back those to what a program of the host begins from a declared port", () => {
    load();
    const from = (port: number): string =>
      host.run(`echo hello | timeout 5 socat -t 2 - TCP:192.168.2.1:7001,bind=192.168.2.11:${port}`).stdout;
    assert.deepEqual([from(30_300), from(30_301)], ["hello", "hello"]);
  });

  it("keeps a connection through a change of the border, though it is silent until the other end speaks", async () => {
    load();
    const heard: string[] = [];
    const waiting = Array.from({ length: 20 }, () => host.start("socat - TCP:192.168.2.1:7001", pod));
    for (const one of waiting) {
      one.stdout?.on("data", (data: Buffer) => heard.push(data.toString()));
      one.stdin?.write("wait\n");
    }
    await until(() => host.run("ss -Htn state established dport = :7001", pod).stdout.split("\n").length === 20);
    load();
    load();
    host.run("touch /run/speak");
    await until(() => heard.length === 20);
  });

  it("takes no client of HAProxy for one that was asked, whatever a pod asks", async () => {
    load();
    const client = host.start(`socat - TCP:192.168.2.11:30165,bind=192.168.2.1:41000`, outside);
    const heard: string[] = [];
    client.stdout?.on("data", (data: Buffer) => heard.push(data.toString()));
    client.stdin?.write("one");
    await until(() => heard.join("") === "one");
    // From the very port that the client speaks to, to the one that it speaks from.
    host.run(`nft insert rule inet kube-proxy postrouting tcp dport 41000 masquerade to :30165`);
    host.run("timeout 1 socat -u TCP:192.168.2.1:41000 -", pod);
    assert.ok(elements("asked4") > 0);
    client.stdin?.write("two");
    await until(() => heard.join("") === "onetwo");
  });
});
