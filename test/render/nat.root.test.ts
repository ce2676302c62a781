import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { natFiles } from "../../render/natGateway.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { vipFiles } from "../../render/vip.ts";
import { haBox, haHost, natGateways, virtualIps } from "./sampleHa.ts";
import type { Flow } from "./sandbox/flows.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { Segment } from "./sandbox/segment.ts";

const names = ["gateway-4", "gateway-5"] as const;
type Name = (typeof names)[number];

const kubeProxy = `nft -f - <<'RULES'
table ip kube-proxy {
  chain prerouting { type nat hook prerouting priority dstnat; fib daddr type local tcp dport 30165 dnat to 192.168.1.51:8081; }
  chain postrouting { type nat hook postrouting priority srcnat; meta mark 0x4000 masquerade; }
}
RULES`;

/** Two NAT gateways with real nftables, keepalived and conntrackd, a host of the box behind them and one outside. */
describe("render: a pair of NAT gateways at work", function () {
  // Silence has to be waited for, a second each; a machine under load gets several times what a failover takes.
  this.timeout(120_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
  });
  const hosts = new Map<Name, Sandbox>();
  const ports = new Map<Name, string[]>();
  let segments: Segment[];
  let inside: Sandbox;
  let outside: Sandbox;

  const hostOf = (name: Name): Sandbox => hosts.get(name)!;
  const holds = (name: Name): boolean =>
    hostOf(name).run("ip -o -4 addr | grep -cE ' (192.168.1.254|192.168.2.253)/'").stdout === "2";
  const counted = (counter: string): number =>
    Number(
      hostOf("gateway-4").run(
        `nft list counter inet gatebox_nat ${counter} | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'`,
      ).stdout,
    );
  const ask = (from: Sandbox, address: string, port: number): string => {
    const { code, stdout } = from.run(`curl -s -m 1 http://${address}:${port}/`);
    return code === 28 ? "silent" : code === 7 ? "refused" : stdout;
  };

  async function until(condition: () => boolean, what: string): Promise<void> {
    // A host that returns waits for its keepalived (0.4 s) and health (1 s); 20 s are for a machine under load.
    const begun = Date.now();
    while (!condition()) {
      if (Date.now() - begun > 20_000) throw new Error(`${what}: not within 20 s`);
      await pause(50);
    }
  }
  const holder = (name: Name): Promise<void> =>
    until(() => names.every((one) => holds(one) === (one === name)), `${name} alone holds both addresses`);

  function apply(name: Name, assembly: "nat" | "vip", files: readonly TreeFile[], steps?: readonly string[]): void {
    const { code, stderr } = hostOf(name).apply(assembly, files, steps);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} ${assembly}`);
  }

  before(async () => {
    segments = await Promise.all(["box-network", "gateway-network"].map((network) => Segment.make(network)));
    const [boxNetwork, gatewayNetwork] = segments as [Segment, Segment];
    inside = await Sandbox.make([]);
    outside = await Sandbox.make([]);
    boxNetwork.join(inside, "192.168.1.51");
    gatewayNetwork.join(outside, "192.168.2.1");
    inside.run("ip route add default via 192.168.1.254");
    outside.run("ip addr add 203.0.113.9/32 dev lo");
    for (const name of names) {
      const host = await Sandbox.make([]);
      hosts.set(name, host);
      const { addresses } = haHost(name);
      ports.set(name, [
        boxNetwork.join(host, addresses["box-network"]!),
        gatewayNetwork.join(host, addresses["gateway-network"]!),
      ]);
      host.run("ip route add default via 192.168.2.1");
      host.startNode("server.ts", ["sshd", "0.0.0.0", "22"]);
      host.startNode("server.ts", ["kubelet", "0.0.0.0", "10250"]);
      host.startNode("server.ts", ["grafana", "0.0.0.0", "9090"]);
      assert.equal(host.run(kubeProxy).stderr, "");
    }
    outside.start("socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR'");
    outside.startNode("server.ts", ["web", "::", "81"]);
    outside.startNode("flows.ts", ["serve", "203.0.113.9", "7"]);
    inside.startNode("server.ts", ["pod", "192.168.1.51", "8081"]);
    for (const name of names) {
      apply(name, "nat", natFiles(box, haHost(name)));
      apply(name, "vip", vipFiles(box, haHost(name)));
    }
    await holder("gateway-4");
  });
  after(async () => {
    for (const host of [...hosts.values(), inside, outside]) await host.remove();
    for (const segment of segments) segment.remove();
  });

  it("leads a host of the box out, under the virtual IP", () => {
    assert.equal(inside.run("socat -u -T 2 TCP:203.0.113.9:80 -").stdout, "192.168.2.253");
  });

  it("drops and counts what begins outside", () => {
    outside.run("ip route add 192.168.1.0/24 via 192.168.2.14");
    const before = counted("refused_forward");
    assert.equal(ask(outside, "192.168.1.51", 8081), "silent");
    assert.ok(counted("refused_forward") > before);
    outside.run("ip route del 192.168.1.0/24");
    const refused = counted("refused_input");
    assert.equal(ask(outside, "192.168.2.253", 10250), "silent");
    assert.ok(counted("refused_input") > refused);
    const closed = counted("closed_ssh");
    assert.equal(ask(outside, "192.168.2.14", 22), "silent");
    assert.ok(counted("closed_ssh") > closed);
    const forged = counted("forged");
    outside.run("ip addr add 192.168.1.77/32 dev lo");
    outside.run("curl -s -m 1 --interface 192.168.1.77 http://192.168.2.14:9090/");
    assert.ok(counted("forged") > forged);
  });

  it("logs what it refuses, each reason for itself: a flood of one hides no other", () => {
    // The machine's switch for what network namespaces other than its own have to log.
    const switchOfLog = "/proc/sys/net/netfilter/nf_log_all_netns";
    const former = readFileSync(switchOfLog, "utf8");
    writeFileSync(switchOfLog, "1");
    // Numbers that no other line of the kernel's log has: it is the machine's.
    const mark = 20_000 + (process.pid % 10_000);
    const logged = (prefix: string, marked: string): number => {
      const { stdout } = spawnSync("dmesg", { encoding: "utf8", maxBuffer: 2 ** 26 });
      const words = [`gatebox nat, ${prefix}: IN=`, ` ${marked} `];
      return stdout.split("\n").filter((line) => words.every((word) => line.includes(word))).length;
    };
    try {
      const refused = counted("refused_input");
      outside.run(`bash -c 'for i in {1..200}; do echo . >/dev/udp/192.168.2.14/${mark}; done'`);
      assert.ok(counted("refused_input") >= refused + 200);
      const flood = logged("to this host", `DPT=${mark}`);
      assert.ok(flood > 0 && flood < 100, `${flood} lines of 200 packets`);
      outside.run(`curl -s -m 1 --local-port ${mark} telnet://192.168.2.14:22 </dev/null`);
      assert.ok(logged("SSH", `SPT=${mark}`) > 0);
      outside.run(`ip addr replace 192.168.1.77/32 dev lo
        curl -s -m 1 --interface 192.168.1.77 http://192.168.2.14:${mark}/; ip addr del 192.168.1.77/32 dev lo`);
      assert.ok(logged("forged", `DPT=${mark}`) > 0);
      const unknown = counted("unknown_connection");
      // An answer to an echo that nobody has asked for.
      const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;
      const sum = 0xffff - mark;
      const answer = [0, 0, sum >> 8, sum & 255, mark >> 8, mark & 255, 0, 0].map(octal).join("");
      inside.run(`printf '${answer}' | socat -u - IP4-SENDTO:203.0.113.9:1`);
      assert.ok(counted("unknown_connection") > unknown);
      assert.ok(logged("unknown connection", `ID=${mark}`) > 0);
    } finally {
      writeFileSync(switchOfLog, former);
    }
  });

  it("leaves open what is declared, and the operator's way in", () => {
    assert.notEqual(ask(outside, "192.168.2.14", 9090), "silent");
    assert.notEqual(ask(inside, "192.168.1.14", 22), "silent");
    assert.equal(ask(inside, "192.168.1.14", 10250), "silent");
    const echo = "printf '\\010\\000\\367\\377\\000\\000\\000\\000' | socat -t 1 - IP4-SENDTO:192.168.2.14:1 | wc -c";
    assert.notEqual(outside.run(echo).stdout, "0");
  });

  it("forwards nothing over IPv6", () => {
    inside.run("ip -6 addr add fd01::51/64 dev box-network nodad; ip -6 route add default via fd01::14");
    outside.run("ip -6 addr add fd02::1/64 dev gateway-network nodad; ip -6 route add fd01::/64 via fd02::14");
    hostOf("gateway-4").run(`sysctl -qw net.ipv6.conf.all.forwarding=1
      ip -6 addr add fd01::14/64 dev box-network nodad; ip -6 addr add fd02::14/64 dev gateway-network nodad`);
    const asked = (): string => ask(inside, "[fd02::1]", 81);
    hostOf("gateway-4").run("nft delete table inet gatebox_nat");
    assert.notEqual(asked(), "silent");
    apply("gateway-4", "nat", natFiles(box, haHost("gateway-4")));
    assert.equal(asked(), "silent");
    assert.ok(counted("refused_forward") > 0);
  });

  it("changes nothing when it is applied again, and leaves the tables of others alone", () => {
    const others = (): string => hostOf("gateway-4").run("nft list table ip kube-proxy").stdout;
    assert.equal(ask(outside, "192.168.2.14", 10250), "silent");
    const [before, refused] = [others(), counted("refused_input")];
    assert.ok(refused > 0);
    apply("gateway-4", "nat", natFiles(box, haHost("gateway-4")));
    // The rules were not loaded again, or it would begin at zero.
    assert.ok(counted("refused_input") >= refused);
    const opened = haBox({
      ...box,
      natGateways: [{ ...natGateways[0]!, openings: [{ network: "box-network", protocol: "tcp", port: 10250 }] }],
    });
    apply("gateway-4", "nat", natFiles(opened, haHost("gateway-4")));
    assert.notEqual(ask(inside, "192.168.1.14", 10250), "silent");
    assert.equal(ask(outside, "192.168.2.14", 9090), "silent");
    assert.equal(others(), before);
    apply("gateway-4", "nat", natFiles(box, haHost("gateway-4")));
  });

  it("loads the rules again, and the settings, that another has emptied or changed", async () => {
    const host = hostOf("gateway-4");
    const routes = (): string => host.run("cat /proc/sys/net/ipv4/ip_forward").stdout;
    for (const undone of [
      "nft flush table inet gatebox_nat",
      "nft flush ruleset",
      "sysctl -qw net.ipv4.ip_forward=0",
    ]) {
      assert.equal(host.run(undone).code, 0, undone);
      apply("gateway-4", "nat", natFiles(box, haHost("gateway-4")));
      const seen = (): string => inside.run("socat -u -T 2 TCP:203.0.113.9:80,connect-timeout=1 -").stdout;
      await until(() => seen() === "192.168.2.253", `the way out after ${undone}`);
      assert.equal(ask(outside, "192.168.2.14", 10250), "silent", undone);
      assert.equal(routes(), "1", undone);
    }
    assert.equal(host.run(kubeProxy).stderr, "");
    await holder("gateway-4");
  });

  it("forwards by its own unit alone, which does so when the rules stand", async () => {
    const host = hostOf("gateway-4");
    const routes = (): string => host.run("cat /proc/sys/net/ipv4/ip_forward").stdout;
    assert.equal(host.run("grep -rs ip_forward /etc/sysctl.d/60-gatebox-nat.conf").stdout, "");
    host.run("systemctl stop gatebox-nat.service");
    assert.deepEqual([routes(), host.run("nft list table inet gatebox_nat").code], ["0", 1]);
    // As at a boot where something else has set it.
    host.run("sysctl -qw net.ipv4.ip_forward=1; cp /etc/gatebox/nat/nft/nat.nft /run/kept.nft");
    host.run("echo nonsense >>/etc/gatebox/nat/nft/nat.nft");
    assert.notEqual(host.run("systemctl start gatebox-nat.service").code, 0);
    assert.equal(routes(), "0");
    host.run("cp /run/kept.nft /etc/gatebox/nat/nft/nat.nft");
    assert.equal(host.run("systemctl start gatebox-nat.service").code, 0);
    assert.deepEqual([routes(), host.run("nft list table inet gatebox_nat").code], ["1", 0]);
    await holder("gateway-4");
  });

  it("refuses a host where another program would undo the rules, or drop what is to be forwarded", () => {
    const host = hostOf("gateway-4");
    const refused = (setUp: string): string => {
      host.run(`mkdir -p /run/enabled /etc/ufw; ${setUp}`);
      const { code, stderr } = host.apply("nat", natFiles(box, haHost("gateway-4")), ["check"]);
      host.run("rm -rf /run/enabled /etc/ufw/ufw.conf");
      return code === 0 ? "" : stderr;
    };
    assert.match(
      refused("touch /run/enabled/nftables.service"),
      /nftables\.service is enabled and empties the whole rule set, .*: "systemctl disable nftables\.service"/,
    );
    assert.match(refused("echo ENABLED=yes >/etc/ufw/ufw.conf"), /ufw is enabled and drops .*: "ufw disable"/);
    assert.equal(refused("echo ENABLED=no >/etc/ufw/ufw.conf"), "");
    assert.match(
      refused("touch /run/enabled/firewalld.service"),
      /firewalld is enabled .*: "systemctl disable --now firewalld\.service"/,
    );
    assert.equal(refused("true"), "");
  });

  it("refuses a host that knows no protocols by name: conntrackd would tell nobody of any connection", () => {
    const host = hostOf("gateway-4");
    host.run("mv /etc/protocols /etc/protocols.away");
    const { code, stderr } = host.apply("nat", natFiles(box, haHost("gateway-4")), ["check"]);
    host.run("mv /etc/protocols.away /etc/protocols");
    assert.deepEqual(
      { code, stderr },
      { code: 1, stderr: "/etc/protocols (package netbase) does not name TCP: conntrackd would ignore it" },
    );
  });

  it("stalls a session on SSH's port when the operator comes in elsewhere, for the guard to see", async () => {
    const session = inside.start("socat - TCP:192.168.1.14:22");
    const heard: string[] = [];
    session.stdout?.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
    session.stdin?.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    await until(() => heard.join("").includes("101 Switching Protocols"), "a session");
    session.stdin?.write("one");
    await until(() => heard.join("").endsWith("one"), "its first answer");
    const wrong = natFiles(box, haHost("gateway-4")).map((file) =>
      file.path === "nft/nat.nft"
        ? {
            ...file,
            text: file.text.replaceAll(
              /("box-network")( fib daddr type local)? tcp dport \$ssh/g,
              '"gateway-network"$2 tcp dport $ssh',
            ),
          }
        : file,
    );
    apply("gateway-4", "nat", wrong, ["activate"]);
    session.stdin?.write("two");
    await pause(500);
    assert.match(heard.join(""), /one$/);
    apply("gateway-4", "nat", natFiles(box, haHost("gateway-4")));
    await until(() => heard.join("").endsWith("onetwo"), "what was stalled");
  });

  /** Flows of `flows.ts` that last while gateway-4 dies, the other leads them on, and it returns. */
  async function flowsThroughFailover(...options: readonly string[]): Promise<Flow[]> {
    const prober = inside.startNode("flows.ts", ["run", "203.0.113.9", "7", ...options]);
    const said: Buffer[] = [];
    prober.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    // conntrackd has told the other of every flow; UDP counts as lasting after two seconds.
    await pause(4000);
    const [boxPort, gatewayPort] = ports.get("gateway-4") as [string, string];
    segments[0]?.run(`ip link set ${boxPort} down`);
    segments[1]?.run(`ip link set ${gatewayPort} down`);
    await until(() => holds("gateway-5"), "gateway-5 takes over");
    await pause(3000);
    segments[0]?.run(`ip link set ${boxPort} up`);
    segments[1]?.run(`ip link set ${gatewayPort} up`);
    await holder("gateway-4");
    await pause(3000);
    inside.run("pkill -TERM -f sandbox/flows.ts");
    await once(prober, "close");
    return JSON.parse(Buffer.concat(said).toString()) as Flow[];
  }

  /** All of a kind go on, and none is silent for longer than the promise of a failover. */
  function assertGoOn(kind: string, flows: readonly Flow[]): void {
    const gap = Math.max(...flows.map((flow) => flow.longest));
    const ended = flows.filter((flow) => flow.ended).length;
    console.log(`      ${kind}: ${flows.length} flows, ${ended} ended, longest gap ${gap} ms`);
    assert.ok(flows.length > 0);
    assert.deepEqual(
      flows.filter((flow) => flow.ended || flow.echoes < 100),
      [],
    );
    assert.ok(gap <= 1500, `${kind}: ${gap} ms`);
  }

  it("goes on with 200 long TCP flows and 200 UDP streams when the holder dies, and when it returns", async () => {
    const flows = await flowsThroughFailover("200");
    for (const kind of ["tcp", "udp"])
      assertGoOn(
        kind,
        flows.filter((flow) => flow.kind === kind),
      );
  });

  it("goes on with connections that were opened again from the port of one that had just ended", async () => {
    assertGoOn("tcp, opened again", await flowsThroughFailover("50", "again"));
  });

  it("forgets what a host led formerly also when conntrackd is started anew, unless the host takes over", async () => {
    const led = (): number =>
      Number(hostOf("gateway-5").run("grep -c 'dst=203.0.113.9 .* dst=192.168.2.253 ' /proc/net/nf_conntrack").stdout);
    // Another time is another configuration, which it takes by a restart.
    const forgettingAfter = (seconds: number): TreeFile[] =>
      natFiles(box, haHost("gateway-5")).map((file) => ({
        ...file,
        text: file.text.replace("PurgeTimeout 60", `PurgeTimeout ${seconds}`),
      }));
    assert.ok(led() > 0, "nothing to forget");
    apply("gateway-5", "nat", forgettingAfter(4));
    await until(() => led() === 0, "forgotten");
    // The time runs out while it leads them.
    apply("gateway-5", "nat", forgettingAfter(6));
    const begun = Date.now();
    assertGoOn("tcp and udp", await flowsThroughFailover("20"));
    assert.ok(Date.now() - begun > 6000);
    apply("gateway-5", "nat", natFiles(box, haHost("gateway-5")));
  });
});
