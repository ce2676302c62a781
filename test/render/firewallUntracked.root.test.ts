import assert from "node:assert/strict";
import { once } from "node:events";
import { parseProtobox } from "../box/parsing.ts";
import { firewallTree } from "./sampleFirewall.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

/** Segments that begin connections and never go on with them, each from a port of its own. */
const SYNS = 2000;

/** webserver-1 of the Protobox: what it serves to clients is in no table that connections through it need. */
describe("render/firewall: what a host serves past connection tracking", function () {
  this.timeout(60_000);
  const protobox = parseProtobox();
  const tree = firewallTree(protobox, protobox.hosts["webserver-1"]!);
  const [clients, inner] = ["public-network", "gateway-network"];
  let host: Sandbox;

  const run = (script: string, where?: string): string => {
    const { code, stdout, stderr } = host.run(script, where);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, script);
    return stdout;
  };
  const entries = (what: string): number => Number(run(`grep -cE '${what}' /proc/net/nf_conntrack || true`));
  const asks = (where: string, address: string, port: number, seconds = 10): boolean =>
    host.run(`curl -s -m ${seconds} -o /dev/null http://${address}:${port}/`, where).code === 0;

  beforeEach(async () => {
    host = await Sandbox.make([
      { network: clients, address: "192.168.0.30", neighbour: "192.168.0.100" },
      { network: inner, address: "192.168.2.1", neighbour: "192.168.2.11" },
    ]);
    run("sysctl -qw net.ipv4.ip_forward=1; ip addr add 192.168.0.33/32 dev public-network");
    run("ip route add default via 192.168.2.1", inner);
    for (const port of [22, 80, 443, 8080]) await host.serve("any", "0.0.0.0", port);
    const { code, stderr } = host.apply("firewall", tree);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
  afterEach(() => host.remove());

  it("fills no table of connections, whoever floods it, and is served meanwhile and afterwards", async () => {
    const segments = (): number => Number(run("awk '$1 == \"Tcp:\" { n = $11 } END { print n }' /proc/net/snmp"));
    const before = segments();
    const flood = `syn 192.168.0.201,192.168.0.202 192.168.0.30 443 ${SYNS} ${SYNS}`;
    const flooding = host.startNode("../../attacks/flood.ts", [flood], clients);
    assert.ok(asks(clients, "192.168.0.30", 443));
    await once(flooding, "close");
    assert.ok(segments() - before >= SYNS, `${segments() - before} segments`);
    assert.ok(asks(clients, "192.168.0.33", 80));
    // Its echo requests neither.
    host.run(
      "printf '\\010\\000\\367\\377\\000\\000\\000\\000' | socat -t 1 - IP4-SENDTO:192.168.0.30:1 | wc -c",
      clients,
    );
    assert.equal(entries("dport=(80|443) "), 0);
    assert.equal(entries("icmp"), 0);
    // A table that is not looked at would be empty as well.
    host.run("echo . | socat -u - UDP:192.168.0.100:9");
    assert.ok(entries("udp .*dport=9 ") > 0);
  });

  it("is asked at the clients' addresses by those inside whom the host leads there, and nothing else of it is", () => {
    for (const address of ["192.168.0.33", "192.168.0.30"])
      for (const port of [80, 443]) assert.ok(asks(inner, address, port), `${address}:${port}`);
    for (const [address, port] of [
      ["192.168.0.33", 22],
      ["192.168.0.30", 22],
      ["192.168.0.33", 8080],
      ["192.168.2.1", 443],
      ["192.168.2.1", 22],
    ] as const)
      assert.equal(asks(inner, address, port, 1), false, `${address}:${port}`);
    assert.equal(entries("dport=(80|443) "), 0);
  });

  it("hears that its packets are too large on the way", async () => {
    // A client behind a router whose next link takes 1,200 bytes.
    const client = run(
      `unshare --net sleep 50 >/dev/null 2>&1 </dev/null & inner=$!
      until [ "$(readlink "/proc/$inner/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
      sysctl -qw net.ipv4.ip_forward=1
      ip link add far type veth peer name eth0 netns "$inner"
      ip addr add 192.0.2.1/24 dev far; ip link set far mtu 1200 up
      nsenter -t "$inner" -n sh -euc 'ip addr add 192.0.2.9/24 dev eth0; ip link set eth0 up; ip route add default via 192.0.2.1'
      echo "$inner"`,
      clients,
    );
    run("ip route add 192.0.2.0/24 via 192.168.0.100");
    host.run("pkill -f 'server.ts any 0.0.0.0 443'");
    await until(() => host.run("ss -Hltn sport = :443").stdout === "");
    // The far end itself says that it takes 1,500: only the router's message makes the packets small.
    host.start(`socat TCP-LISTEN:443,bind=192.168.0.33,fork,reuseaddr 'SYSTEM:head -c 200000 /dev/urandom'`);
    await until(() => host.run("ss -Hltn src 192.168.0.33 sport = :443").stdout !== "");
    const got = host.run(`nsenter -t ${client} -n timeout 10 socat -u TCP:192.168.0.33:443 - | wc -c`, clients);
    assert.equal(got.stdout, "200000");
    assert.match(run("ip route get 192.0.2.9"), /mtu 1200/);
  });

  it("is answered by the kernel's own means against floods, whatever was set before, which comes back", () => {
    const cookies = (): string => run("cat /proc/sys/net/ipv4/tcp_syncookies");
    assert.equal(cookies(), "1");
    run("sysctl -qw net.ipv4.tcp_syncookies=0");
    assert.notEqual(host.apply("firewall", tree, ["probe"]).code, 0);
    assert.equal(host.apply("firewall", tree).code, 0);
    assert.equal(cookies(), "1");
    assert.match(run("cat /etc/sysctl.d/60-gatebox-firewall.conf"), /^net\.ipv4\.tcp_syncookies = 1$/);
    run("echo 'net.ipv4.tcp_syncookies 2' >/var/lib/gatebox/firewall/former");
    assert.equal(host.apply("firewall", tree, ["deactivate"]).code, 0);
    assert.equal(cookies(), "2");
    assert.notEqual(host.run("ls /etc/sysctl.d/60-gatebox-firewall.conf").code, 0);
  });

  it("is open to the operator's addresses alone where it is SSH", () => {
    assert.equal(asks(clients, "192.168.0.30", 22, 1), false);
    run("ip addr add 192.168.0.2/24 dev peer", clients);
    const { code } = host.run("curl -s -m 10 --interface 192.168.0.2 -o /dev/null http://192.168.0.30:22/", clients);
    assert.equal(code, 0);
  });
});
