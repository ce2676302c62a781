import assert from "node:assert/strict";
import { moved, NetworkedHost, taken, tree, wanted } from "./sandbox/networkedHost.ts";
import { readScript, scriptFile } from "./sandbox/scriptFile.ts";

/** What a host gets back: when an attempt fails or is killed, and when its network is declared no longer. */
describe("render: a host gets its network back", function () {
  // Each step waits for networkd, up to a second; a machine under load gets several times that.
  this.timeout(120_000);
  let host: NetworkedHost;
  beforeEach(async () => {
    host = await NetworkedHost.make();
  });
  afterEach(() => host.remove());

  it("gives the host back as it was when the first attempt fails at any point", () => {
    host.run("ip addr add 192.168.2.77/24 dev eth0; ip route add default via 192.168.2.1");
    const [before, filesBefore] = [host.state(), host.files()];
    for (const program of ["mv", "networkctl"]) {
      host.killedAtUses(program, moved, "", (where) => {
        host.deactivates();
        assert.equal(host.state(), before, where);
        assert.equal(host.files(), filesBefore, where);
        assert.equal(host.run("ls /var/lib/gatebox/network").stdout, "generations", where);
      });
    }
    assert.equal(host.run("ls /run/gatebox").stdout, "");
  });

  it("gives the host back what it cannot write down: routes of others, and those that a router advertises", () => {
    // Where the kernel hears advertisements, as with ifupdown; networkd would do that itself.
    host.run(scriptFile("routes-of-others.sh"));
    const all = (): string =>
      host.run(`ip -4 -o address show scope global | sed 's/[0-9]*:  *\\([^ ]*\\) *inet \\([^ ]*\\) .*/\\1 \\2/'
        ip route; ip route show table 77; ip -6 route show proto ra | sed 's/ expires.*//'
        cat /proc/sys/net/ipv6/conf/eth0/accept_ra /proc/sys/net/ipv4/conf/all/arp_ignore`).stdout;
    const before = all();
    assert.match(before, /^eth0 192\.168\.2\.14\/24$/m);
    assert.match(before, /^10\.9\.0\.0\/16 [^]*^10\.8\.0\.0\/16 [^]*^default via fe80::1 [^]*^1\n0$/m);
    assert.equal(host.applies(tree(), ["check", "activate"]).code, 0);
    host.deactivates();
    assert.equal(all(), before);
  });

  it("leaves an address that was leased until now where it is when the first attempt fails", () => {
    host.run(scriptFile("leased-address.sh"));
    const before = host.state();
    assert.match(host.applies(tree(), ["activate"]).stderr, /netplan refuses the configuration/);
    host.run("rm /etc/netplan/99-broken.yaml");
    host.deactivates();
    assert.equal(host.state(), before);
  });

  it("gives the host back after a reset in the middle of the first attempt", () => {
    host.run("ip route add default via 192.168.2.1");
    const [before, filesBefore] = [host.state(), host.files()];
    assert.equal(host.applies(moved, ["check", "activate"]).code, 0);
    // Memory is lost, and the boot makes what the files say.
    host.run(scriptFile("reset.sh"));
    host.deactivates();
    assert.equal(host.state(), before);
    assert.equal(host.files(), filesBefore);
    assert.equal(host.run("ls /var/lib/gatebox/network").stdout, "generations");
  });

  it("gives the host back, with its NICs up, when one does not take its name", () => {
    host.run("ip link add spare type veth peer name other; ip link property add dev spare altname gateway-network");
    const before = host.state();
    const { code, stderr } = host.applies(tree(), ["activate"]);
    assert.equal(code, 1);
    assert.match(stderr, /^the interface eth0 does not take the name gateway-network: .*File exists/m);
    host.deactivates();
    assert.equal(host.state(), before);
    assert.equal(host.run("ip -br link show dev eth0 up").stdout.split(/ +/)[1], "UP");
  });

  describe("on a kernel that renames only what is down", () => {
    /** ip(8) as it is there; `more` is shell that runs before everything else. */
    const oldKernel = (more = ""): void => {
      host.run(`cat >/run/old-ip-first <<'FIRST'\n${more}\nFIRST`);
      host.run(scriptFile("own-sbin.sh", "ip", readScript("old-ip.sh")));
      assert.match(host.run("ip link set dev eth0 name eth1").stderr, /busy/);
    };

    it("names a NIC, and its routes stay, whoever has set them", () => {
      host.run("ip route add 10.9.0.0/16 via 192.168.2.1");
      oldKernel();
      host.works(tree());
      assert.equal(host.state(), wanted);
      assert.match(
        host.run("ip route show 10.9.0.0/16").stdout,
        /^10\.9\.0\.0\/16 via 192\.168\.2\.1 dev gateway-network *$/,
      );
    });

    // A machine under load: networkd is held while the NIC is down, and hears of it when it is up again.
    const heldNetworkd = `  pkill -STOP -x systemd-network
  { sleep 0.7; pkill -CONT -x systemd-network; } >/dev/null 2>&1 &
`;
    for (const [circumstance, more] of [
      ["", ""],
      [", also where networkd hears of it late", heldNetworkd],
    ] as const) {
      it(`leaves no NIC down that does not take its name, nor without its routes${circumstance}`, () => {
        host.run("ip route add 10.9.0.0/16 via 192.168.2.1");
        oldKernel(`if [ "$1 $2 $3 $5 $6" = "link set dev name gateway-network" ] && ! /bin/ip link show dev "$4" up | grep -q .; then
${more}  echo 'RTNETLINK answers: File exists' >&2
  exit 2
fi`);
        const before = host.state();
        assert.match(
          host.applies(tree(), ["activate"]).stderr,
          /^the interface eth0 does not take the name gateway-network: /m,
        );
        assert.match(
          host.run("ip -br link show dev eth0 up; ip route show 10.9.0.0/16").stdout,
          / UP [^]*10\.9\.0\.0\/16/,
        );
        host.deactivates();
        assert.equal(host.state(), before);
        assert.match(host.run("ip route show 10.9.0.0/16").stdout, /dev eth0/);
      });
    }
  });

  it("converges after it was killed at any point", () => {
    host.works(tree());
    const filesBefore = host.files();
    for (const program of ["mv", "networkctl"]) {
      host.killedAtUses(program, moved, "/var/lib/gatebox/network/generations/1", (where) => {
        host.goesBack(tree());
        assert.equal(host.state(), wanted, where);
        assert.equal(host.files(), filesBefore, where);
      });
    }
  });

  it("leaves addresses and the default route where they are when it is removed", async () => {
    host.works(tree());
    const lines = await host.events(() => host.deactivates());
    assert.equal(host.state(), wanted);
    assert.doesNotMatch(host.files(), /gatebox|netplan-/);
    assert.match(
      host.run("networkctl status box-network").stdout,
      /Network File: \S*\/70-installer-box-network\.network$/m,
    );
    assert.deepEqual(
      taken(lines).filter((line) => line.includes("192.168.1.14")),
      [],
    );
  });

  it("leaves the routes and rules of others when it is removed, also while networkd starts", async () => {
    host.works(tree());
    host.run(`ip route add 10.244.1.0/24 via 192.168.1.1 dev box-network proto bird
      ip rule add from 10.0.0.0/8 table 77`);
    // The installer's file is for this NIC under this very name, so that networkd takes it over. Not every networkd removes
    // what is not its own (252 does not here), so the test looks for the settings that it gets as well, for some seconds.
    const given = "/run/systemd/networkd.conf.d/gatebox.conf";
    const watch = host.start(`sh -c 'until cp ${given} /run/given 2>/dev/null; do sleep 0.05; done'`);
    const lines = await host.events(() => host.deactivates());
    watch.kill();
    assert.match(host.run("cat /run/given").stdout, /^ManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no$/m);
    assert.match(host.run("ip rule show table 77").stdout, /from 10\.0\.0\.0\/8/);
    assert.match(host.run("ip route show proto bird").stdout, /^10\.244\.1\.0\/24 /);
    assert.deepEqual(
      lines.filter((line) => /Deleted .*10\.244\./.test(line)),
      [],
    );
    assert.equal(host.run("ls -A /run/systemd/networkd.conf.d 2>&1").code, 2);
  });
});
