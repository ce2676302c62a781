import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { haBox, natGateways, virtualIps } from "./sampleHa.ts";
import { NatNetwork } from "./sandbox/natNetwork.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";

const names = ["gateway-4", "gateway-5"] as const;
type Name = (typeof names)[number];

/** How long is waited for an answer that must come; for silence it is a second. */
const ANSWER_SECONDS = 10;

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
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut, edge: virtualIps.edge },
    natGateways: [natGateways[0]!],
  });
  let network: NatNetwork;
  let inside: Sandbox;
  let outside: Sandbox;

  const hostOf = (name: Name): Sandbox => network.hostOf(name);
  const until = (condition: () => boolean, what: string): Promise<void> => network.until(condition, what);
  const holder = (name: Name): Promise<void> => network.holder(name);
  const counted = (counter: string, table: "nat" | "firewall" = "nat"): number =>
    Number(
      hostOf("gateway-4").run(
        `nft list counter inet gatebox_${table} ${counter} | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'`,
      ).stdout,
    );
  const ask = (from: Sandbox, address: string, port: number, seconds = 1): string => {
    const { code, stdout } = from.run(`curl -s -m ${seconds} http://${address}:${port}/`);
    return code === 28 ? "silent" : code === 7 ? "refused" : stdout;
  };

  before(async () => {
    network = await NatNetwork.make(box, names);
    ({ inside, outside } = network);
    for (const name of names) {
      const host = hostOf(name);
      await host.serve("sshd", "0.0.0.0", 22);
      await host.serve("kubelet", "0.0.0.0", 10250);
      await host.serve("grafana", "0.0.0.0", 9090);
      assert.equal(host.run(kubeProxy).stderr, "");
    }
    outside.start("socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR'");
    await outside.serve("web", "::", 81);
    await inside.serve("pod", "192.168.1.51", 8081);
    await network.applyAll();
  });
  after(() => network.remove());

  it("translates a host of the box to the virtual IP", () => {
    assert.equal(inside.run("socat -u -T 2 TCP:203.0.113.9:80 -").stdout, "192.168.2.253");
  });

  it("takes the answer to one that is translated for no SSH, whatever its source port became by chance", () => {
    const bySsh = network.filesOf("gateway-4").map((file) => ({
      ...file,
      text: file.text.replace("snat ip to 192.168.2.253 fully-random", "meta l4proto tcp snat ip to 192.168.2.253:22"),
    }));
    network.apply("gateway-4", bySsh);
    assert.match(
      hostOf("gateway-4").run("nft list chain inet gatebox_nat leave").stdout,
      / snat ip to 192\.168\.2\.253:22$/m,
    );
    assert.equal(inside.run("socat -u -T 2 TCP:203.0.113.9:80,connect-timeout=1 -").stdout, "192.168.2.253");
    network.apply("gateway-4");
  });

  it("drops and counts what begins outside", () => {
    outside.run("ip route add 192.168.1.0/24 via 192.168.2.14");
    const before = counted("refused_forward");
    assert.equal(ask(outside, "192.168.1.51", 8081), "silent");
    assert.ok(counted("refused_forward") > before);
    outside.run("ip route del 192.168.1.0/24");
    const refused = counted("refused_input", "firewall");
    assert.equal(ask(outside, "192.168.2.253", 10250), "silent");
    assert.ok(counted("refused_input", "firewall") > refused);
    const closed = counted("closed_ssh", "firewall");
    assert.equal(ask(outside, "192.168.2.14", 22), "silent");
    assert.ok(counted("closed_ssh", "firewall") > closed);
    const forged = counted("forged", "firewall");
    outside.run("ip addr add 192.168.1.77/32 dev lo");
    outside.run("curl -s -m 1 --interface 192.168.1.77 http://192.168.2.14:9090/");
    assert.ok(counted("forged", "firewall") > forged);
  });

  it("logs what it refuses, each reason for itself: a flood of one hides no other", () => {
    // The machine's switch for what network namespaces other than its own have to log.
    const switchOfLog = "/proc/sys/net/netfilter/nf_log_all_netns";
    const previous = readFileSync(switchOfLog, "utf8");
    writeFileSync(switchOfLog, "1");
    // Numbers that no other line of the kernel's log has: it is the machine's.
    const mark = 20_000 + (process.pid % 10_000);
    const logged = (prefix: string, marked: string): number => {
      const { stdout } = spawnSync("dmesg", { encoding: "utf8", maxBuffer: 2 ** 26 });
      const parts = [`gatebox ${prefix}: IN=`, ` ${marked} `];
      return stdout.split("\n").filter((line) => parts.every((part) => line.includes(part))).length;
    };
    try {
      const refused = counted("refused_input", "firewall");
      outside.run(`bash -c 'for i in {1..200}; do echo . >/dev/udp/192.168.2.14/${mark}; done'`);
      assert.ok(counted("refused_input", "firewall") >= refused + 200);
      const flood = logged("firewall, to this host", `DPT=${mark}`);
      assert.ok(flood > 0 && flood < 100, `${flood} lines of 200 packets`);
      outside.run(`curl -s -m 1 --local-port ${mark} telnet://192.168.2.14:22 </dev/null`);
      assert.ok(logged("firewall, SSH", `SPT=${mark}`) > 0);
      outside.run(`ip addr replace 192.168.1.77/32 dev lo
        curl -s -m 1 --interface 192.168.1.77 http://192.168.2.14:${mark}/; ip addr del 192.168.1.77/32 dev lo`);
      assert.ok(logged("firewall, forged", `DPT=${mark}`) > 0);
      const unknown = counted("unknown_connection");
      // An answer to an echo that nobody has asked for.
      const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;
      const sum = 0xffff - mark;
      const answer = [0, 0, sum >> 8, sum & 255, mark >> 8, mark & 255, 0, 0].map(octal).join("");
      inside.run(`printf '${answer}' | socat -u - IP4-SENDTO:203.0.113.9:1`);
      assert.ok(counted("unknown_connection") > unknown);
      assert.ok(logged("nat, unknown connection", `ID=${mark}`) > 0);
    } finally {
      writeFileSync(switchOfLog, previous);
    }
  });

  it("leaves open what is declared, and the operator's SSH", () => {
    assert.notEqual(ask(outside, "192.168.2.14", 9090, ANSWER_SECONDS), "silent");
    assert.notEqual(ask(inside, "192.168.1.14", 22, ANSWER_SECONDS), "silent");
    assert.equal(ask(inside, "192.168.1.14", 10250), "silent");
    const echo = "printf '\\010\\000\\367\\377\\000\\000\\000\\000' | socat -t 1 - IP4-SENDTO:192.168.2.14:1 | wc -c";
    assert.notEqual(outside.run(echo).stdout, "0");
  });

  it("forwards nothing over IPv6", () => {
    inside.run("ip -6 addr add fd01::51/64 dev box-network nodad; ip -6 route add default via fd01::14");
    outside.run("ip -6 addr add fd02::1/64 dev gateway-network nodad; ip -6 route add fd01::/64 via fd02::14");
    hostOf("gateway-4").run(`sysctl -qw net.ipv6.conf.all.forwarding=1
      ip -6 addr add fd01::14/64 dev box-network nodad; ip -6 addr add fd02::14/64 dev gateway-network nodad`);
    const asked = (seconds: number): string => ask(inside, "[fd02::1]", 81, seconds);
    hostOf("gateway-4").run("nft delete table inet gatebox_nat");
    assert.notEqual(asked(ANSWER_SECONDS), "silent");
    network.apply("gateway-4");
    assert.equal(asked(1), "silent");
    assert.ok(counted("refused_forward") > 0);
  });

  it("changes nothing when it is applied again, and leaves the tables of others alone", () => {
    const others = (): string => hostOf("gateway-4").run("nft list table ip kube-proxy").stdout;
    assert.equal(ask(outside, "192.168.2.14", 10250), "silent");
    const [before, refused] = [others(), counted("refused_input", "firewall")];
    assert.ok(refused > 0);
    network.apply("gateway-4");
    // The rules were not loaded again, or it would begin at zero.
    network.closeTo("gateway-4");
    assert.ok(counted("refused_input", "firewall") >= refused);
    const opened = haBox({
      ...box,
      natGateways: [{ ...natGateways[0]!, openPorts: [{ network: "box-network", protocol: "tcp", port: 10250 }] }],
    });
    network.closeTo("gateway-4", opened);
    assert.notEqual(ask(inside, "192.168.1.14", 10250, ANSWER_SECONDS), "silent");
    assert.equal(ask(outside, "192.168.2.14", 9090), "silent");
    assert.equal(others(), before);
    network.closeTo("gateway-4");
  });

  it("loads the rules again, and the settings, that another has emptied or changed", async () => {
    const host = hostOf("gateway-4");
    const routes = (): string => host.run("cat /proc/sys/net/ipv4/ip_forward").stdout;
    for (const undone of [
      "nft flush table inet gatebox_nat",
      "nft flush ruleset",
      "sysctl -qw net.ipv4.ip_forward=0",
      "sysctl -qw net/ipv4/conf/box-network/send_redirects=1",
    ]) {
      assert.equal(host.run(undone).code, 0, undone);
      network.closeTo("gateway-4");
      network.apply("gateway-4");
      const seen = (): string => inside.run("socat -u -T 2 TCP:203.0.113.9:80,connect-timeout=1 -").stdout;
      await until(() => seen() === "192.168.2.253", `egress after ${undone}`);
      assert.equal(ask(outside, "192.168.2.14", 10250), "silent", undone);
      assert.equal(routes(), "1", undone);
      assert.equal(host.run("cat /proc/sys/net/ipv4/conf/box-network/send_redirects").stdout, "0", undone);
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

  it("leads to none of the box's own hosts but where it is open to everybody, and says so", async () => {
    // The address of a web server, and what it serves to everybody on the clients' network, which lies beyond.
    outside.run(
      "ip addr add 192.168.0.30/32 dev lo; ip addr add 192.168.0.33/32 dev lo; ip addr add 192.168.2.2/32 dev lo",
    );
    await outside.serve("sshd", "0.0.0.0", 22);
    await outside.serve("edge", "0.0.0.0", 443);
    await outside.serve("exporter", "0.0.0.0", 9100);
    const refused = counted("refused_box");
    for (const [address, port] of [
      ["192.168.0.30", 22],
      ["192.168.0.33", 22],
      ["192.168.0.33", 9100],
      ["192.168.2.1", 22],
      ["192.168.2.2", 443],
    ] as const)
      assert.equal(ask(inside, address, port), "silent", `${address}:${port}`);
    assert.ok(counted("refused_box") >= refused + 5);
    for (const [address, port] of [
      ["192.168.0.33", 443],
      ["203.0.113.9", 22],
      ["203.0.113.9", 443],
    ] as const)
      assert.notEqual(ask(inside, address, port, ANSWER_SECONDS), "silent", `${address}:${port}`);
    const echo = "printf '\\010\\000\\367\\377\\000\\000\\000\\000' | socat -t 1 - IP4-SENDTO:192.168.0.33:1 | wc -c";
    assert.notEqual(inside.run(echo).stdout, "0");
    const udp = counted("refused_box");
    inside.run("echo . | socat -u - UDP:192.168.0.33:443");
    assert.ok(counted("refused_box") > udp);
    outside.run(
      "ip addr del 192.168.0.30/32 dev lo; ip addr del 192.168.0.33/32 dev lo; ip addr del 192.168.2.2/32 dev lo",
    );
  });

  it("leaves with no port that a host serves past connection tracking, from a privileged one either", () => {
    outside.start("socat TCP-LISTEN:83,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERPORT'");
    const ports = inside
      .run(
        // Asked again where nothing came in time: it is about ports, and the machine may be busy.
        'for port in $(seq 301 360) $(seq 701 720); do for try in 1 2 3; do seen=$(socat -u -T 2 TCP:203.0.113.9:83,sourceport=$port,reuseaddr,connect-timeout=2 -) && [ -n "$seen" ] && break; done; echo "$seen"; done',
      )
      .stdout.split("\n")
      .map(Number);
    assert.equal(ports.length, 80);
    assert.deepEqual(
      ports.filter((port) => !(port >= 600 && port < 1024)),
      [],
    );
  });

  it("gives one address its share of connections and no more, and goes on with those that it has", async () => {
    const few = haBox({ ...box, natGateways: [{ ...natGateways[0]!, conntrackPerSource: 100 }] });
    network.apply("gateway-4", network.filesOf("gateway-4", few));
    inside.run("ip addr add 192.168.1.52/24 dev box-network");
    const greedy = inside.startNode("greedy.ts", ["203.0.113.9", "9999", "300"]);
    const [refused, entries] = [
      (): number => counted("refused_source"),
      (): number =>
        Number(
          hostOf("gateway-4").run("grep -c 'src=192.168.1.51 dst=203.0.113.9 .*dport=9999' /proc/net/nf_conntrack")
            .stdout,
        ),
    ];
    await until(() => refused() >= 200, "refused beyond the share");
    assert.equal(entries(), 100);
    const seen = (from: string): string =>
      inside.run(`socat -u -T 2 TCP:203.0.113.9:80,bind=${from},connect-timeout=1 -`).stdout;
    assert.equal(seen("192.168.1.51"), "");
    assert.equal(seen("192.168.1.52"), "192.168.2.253");
    // What is counted already goes on: the same packets again, from the same ports.
    const before = refused();
    greedy.stdin?.write("again\n");
    await until(() => refused() >= before + 200, "asked again");
    assert.equal(entries(), 100);
    greedy.kill();
    inside.run("ip addr del 192.168.1.52/24 dev box-network");
    network.apply("gateway-4");
  });
});
