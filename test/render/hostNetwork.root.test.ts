import assert from "node:assert/strict";
import { payload } from "../../host/payload.ts";
import { runtimeText } from "../../host/runtimeText.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { macAddresses, installed, moved, NetworkedHost, taken, tree, wanted } from "./sandbox/networkedHost.ts";

/** The scripts with the real netplan and the real systemd-networkd. */
describe("render: a host's network at work", function () {
  // Each step waits for networkd, up to a second; a machine under load gets several times that.
  this.timeout(120_000);
  let host: NetworkedHost;
  beforeEach(async () => {
    host = await NetworkedHost.make();
  });
  afterEach(() => host.remove());

  it("finds each NIC, names it, gives it its address and the default route; nothing that stays goes for a moment", async () => {
    assert.equal(`${host.state()}\n`.replace("\n\n", "\n"), installed);
    const lines = await host.events(() => host.works(tree()));
    assert.equal(host.state(), wanted);
    assert.deepEqual(
      taken(lines).filter((line) => line.includes("192.168.1.")),
      [],
    );
    assert.equal(host.run("stat -c %a /etc/netplan/60-gatebox.yaml").stdout, "600");
    assert.equal(host.run("cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce").stdout, "1\n2"); // prettier-ignore
  });

  it("changes nothing when it is applied again", async () => {
    host.works(tree());
    const before = host.files();
    const lines = await host.events(() => host.works(tree()));
    assert.deepEqual(lines, [""]);
    assert.equal(host.files(), before);
  });

  it("leaves the addresses, routes and rules of others, whatever becomes of networkd", async () => {
    host.works(tree());
    // Of keepalived, of the cluster's pods, of whoever adds routes.
    host.run(`ip addr add 192.168.2.253/24 dev gateway-network
      ip addr add 192.168.1.254/24 dev box-network
      ip route add 10.244.1.0/24 via 192.168.2.1 dev gateway-network proto bird
      ip route add 10.244.2.0/24 via 192.168.1.1 dev box-network proto bird
      ip rule add from 10.0.0.0/8 table 77`);
    const others = (): string =>
      host.run(
        "ip -o -4 address show | grep -oE '192.168.(2.253|1.254)/24'; ip route show proto bird; ip rule show table 77",
      ).stdout;
    const before = others();
    assert.equal(before.split("\n").length, 5);
    const lines = await host.events(() => {
      host.works(moved);
      const { code, stderr } = host.run(
        // It has no socket yet when it has just started.
        "systemctl restart systemd-networkd.service; sleep 2; for i in $(seq 50); do networkctl reload && exit; sleep 0.2; done; exit 1",
      );
      assert.equal(code, 0, stderr);
      host.goesBack(tree());
    });
    assert.equal(others(), before);
    // Nor does the host send to the outside with an address that may move away.
    assert.match(host.run("ip route get 203.0.113.9").stdout, / src 192\.168\.2\.14 /);
    assert.deepEqual(
      lines.filter((line) => /Deleted (?:\d+: .* inet (?:192\.168\.1\.|192\.168\.2\.253)|10\.244\.)/.test(line)),
      [],
    );
  });

  it("says so when a virtual IP that the host held is lost by it", () => {
    host.works(tree());
    host.run(`ip addr add 192.168.1.254/24 dev box-network
      mkdir -p /etc/gatebox/vip/keepalived/vips
      echo nat 192.168.1.254/24 box-network 192.168.1.14 >/etc/gatebox/vip/keepalived/vips/nat.address`);
    assert.equal(host.applies(moved, ["activate"]).code, 0);
    host.run("ip addr del 192.168.1.254/24 dev box-network");
    const { code, stderr } = host.applies(moved, ["probe"]);
    assert.equal(code, 1);
    assert.match(stderr, /the virtual IP 192\.168\.1\.254\/24, which this host held, is gone/);
  });

  it("says so when keepalived would look for an interface that is no more", () => {
    host.run(`ip addr add 192.168.2.254/24 dev eth0
      mkdir -p /etc/gatebox/vip/keepalived/vips
      echo nat 192.168.2.254/24 eth0 192.168.2.14 >/etc/gatebox/vip/keepalived/vips/nat.address`);
    assert.equal(host.applies(tree(), ["activate"]).code, 0);
    assert.equal(host.run("cat /run/gatebox/network/held").stdout, "192.168.2.254/24");
    host.run("echo nat 192.168.2.254/24 gateway-network 192.168.2.14 >/etc/gatebox/vip/keepalived/vips/nat.address");
    assert.equal(
      host.applies(tree({ interfaces: { "gateway-network": "eth0", "box-network": "box-network" } }), ["activate"])
        .code,
      0,
    );
    assert.equal(host.run("cat /run/gatebox/network/held").stdout, "192.168.2.254/24");
    // What it knows by name it takes up again.
    host.run(`ip addr add 192.168.1.254/24 dev box-network
      echo nat 192.168.1.254/24 box-network 192.168.1.14 >/etc/gatebox/vip/keepalived/vips/nat.address`);
    assert.equal(host.applies(tree(), ["activate"]).code, 0);
    assert.equal(host.run("cat /run/gatebox/network/held").stdout, "");
  });

  it("moves an address and the default route, and goes back to what was", () => {
    host.works(tree());
    host.works(moved);
    assert.equal(
      host.state(),
      wanted.replaceAll("192.168.2.14", "192.168.2.64").replace("192.168.2.254", "192.168.2.1"),
    );
    host.goesBack(tree());
    assert.equal(host.state(), wanted);
    host.works(
      tree({
        addresses: { "gateway-network": "192.168.2.14", "box-network": "192.168.1.14" },
        defaultGateway: undefined!,
      }),
    );
    assert.equal(host.state(), wanted.replace(/\ndefault.*/, ""));
  });

  it("swaps the names of two NICs", () => {
    const restarts = (): string => host.run("grep -c '^try-restart keepalived.service' /run/systemctl.log").stdout;
    host.works(tree());
    const before = restarts();
    host.works(tree());
    assert.equal(restarts(), before);
    const swapped = { "gateway-network": "box-network", "box-network": "gateway-network" };
    host.works(tree({ interfaces: swapped }));
    // keepalived looks for its interfaces when it starts.
    assert.equal(Number(restarts()), Number(before) + 1);
    assert.match(
      host.state(),
      /^box-network 02:67:c0:a8:02:0e 192\.168\.2\.14\/24\ngateway-network 02:67:c0:a8:01:0e 192\.168\.1\.14\/24\n/,
    );
    assert.match(host.state(), /default via 192\.168\.2\.254 dev box-network/);
    host.goesBack(tree());
    assert.equal(host.state(), wanted);
  });

  it("takes the place of a default route that the installer left, of any making", () => {
    host.run(
      "ip route add default via 192.168.2.254 proto static; ip route append default via 192.168.2.254 proto boot",
    );
    host.works(tree());
    assert.equal(host.state(), wanted);
  });

  it("goes back to what the operator can reach, and says so on the operator's own connection", function () {
    // While the address is away, TCP waits twice as long before each attempt to send a line again: under load, a minute.
    this.timeout(300_000);
    const patience = "timeout 120";
    // As sshd would: the runtime's output goes to whoever is connected, and it knows from where that is.
    const sent = (files: readonly TreeFile[]): string => {
      const text = payload({ assembly: "network", unit: "box.pool", files });
      host.run(`cat >/run/payload <<'PAYLOAD'\n${text}PAYLOAD
        cat >/run/unit.sh <<'RUNTIME'\n${runtimeText()}RUNTIME
        cat >/run/session <<'SESSION'
SSH_CONNECTION="$SOCAT_PEERADDR $SOCAT_PEERPORT $SOCAT_SOCKADDR $SOCAT_SOCKPORT" sh /run/unit.sh apply </run/payload 2>&1
SESSION`);
      host.start(`${patience} socat -lf /dev/null TCP-LISTEN:22,reuseaddr 'EXEC:sh /run/session'`);
      return host.run(
        `nsenter -t $(cat /run/neighbour-of-box-network) -n ${patience} socat -u TCP:192.168.1.14:22,retry=50,interval=0.1 -`,
      ).stdout;
    };
    assert.match(sent(tree()), /trying the way in\n(?:[^]*\n)?live as generation 1$/);
    assert.equal(host.state(), wanted);
    const elsewhere = { "gateway-network": "192.168.2.14", "box-network": "192.168.1.64" };
    const output = sent(tree({ addresses: elsewhere, macAddresses }));
    assert.match(
      output,
      /the operator's own SSH connection stopped answering; the configuration that was live before serves again/,
    );
    assert.equal(host.state(), wanted);
    assert.equal(host.run("readlink /etc/gatebox/network").stdout, "/var/lib/gatebox/network/generations/1");
  });

  it("is what a boot makes of it, by netplan's own generator, which has networkd started", () => {
    host.works(tree());
    const { code, stdout, stderr } = host.run(`set -eu
      cp -a /run/systemd/network /run/before
      rm -rf /run/systemd/network
      mkdir /run/gen /run/gen.early /run/gen.late
      /lib/systemd/system-generators/netplan /run/gen /run/gen.early /run/gen.late
      diff -r /run/before /run/systemd/network
      ls /run/gen/multi-user.target.wants`);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^systemd-networkd\.service$/m);
  });
});
