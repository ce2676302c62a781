import assert from "node:assert/strict";
import type { Host } from "../../box/model.ts";
import { payload } from "../../host/payload.ts";
import { runtimeText } from "../../host/runtimeText.ts";
import { hostNetworkFiles } from "../../render/hostNetwork.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { networkBox, networkHost } from "./sampleNetwork.ts";
import { startNetworkd, type Card } from "./sandbox/networkd.ts";
import { Sandbox, until, type Outcome } from "./sandbox/sandbox.ts";

const ethers = { "gateway-network": "02:67:c0:a8:02:0e", "box-network": "02:67:c0:a8:01:0e" } as const;

/** Cards as the installer left them: one has its network's name already, the other has not. */
const cards: readonly Card[] = [
  { name: "eth0", ether: ethers["gateway-network"], address: "192.168.2.14/24", neighbour: "192.168.2.1/24" },
  { name: "box-network", ether: ethers["box-network"], address: "192.168.1.14/24", neighbour: "192.168.1.1/24" },
];

/** The network of gateway-4; `change` takes the place of what the box says of it. */
function tree(change: Partial<Host> = {}, replaces: readonly string[] = []): TreeFile[] {
  return hostNetworkFiles(networkBox({ replaces }), networkHost("gateway-4", change));
}

const moved = tree({
  addresses: { "gateway-network": "192.168.2.64", "box-network": "192.168.1.14" },
  ethers,
  defaultVia: "192.168.2.1",
});

/**
 * The scripts with the real netplan and the real systemd-networkd; what is not there is udev, as in any container.
 */
describe("render: a host's network at work", function () {
  // Each step waits for networkd, up to a second; a machine under load gets several times that.
  this.timeout(120_000);
  let host: Sandbox;

  const applies = (files: readonly TreeFile[], steps?: readonly string[]): Outcome =>
    host.apply("network", files, steps);
  const works = (files: readonly TreeFile[]): void => {
    const { code, stderr } = applies(files);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  };
  const refused = (files: readonly TreeFile[]): string => {
    const before = state();
    const { code, stderr } = applies(files, ["check"]);
    assert.equal(code, 1, stderr);
    assert.equal(state(), before, "the check changed something");
    return stderr;
  };
  /** "NAME ETHER ADDRESS…" of each card, and the ways out. */
  const state = (): string => {
    const script = `for ether in ${Object.values(ethers).join(" ")}; do
      name=$(ip -o link | grep -i "$ether" | awk '{ sub(/[:@].*/, "", $2); print $2 }')
      echo "$name" "$ether" $(ip -o -4 address show dev "$name" | awk '{ print $4 }' | sort)
    done
    ip -4 route show default`;
    return host
      .run(script)
      .stdout.split("\n")
      .map((line) => line.trim())
      .join("\n");
  };
  const files = (): string =>
    host.run("ls /etc/netplan /etc/systemd/network /run/systemd/network /etc/systemd/networkd.conf.d /etc/sysctl.d")
      .stdout;
  /** Goes back as the runtime does: the links lead to the tree before, whose activate and probe run. */
  const goesBack = (to: readonly TreeFile[]): void => {
    const { code, stderr } = applies(to, ["activate", "probe"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  };
  const deactivates = (): void => {
    const script = `cd "$(readlink -f /etc/gatebox/network)" && TREE=$(pwd) CURRENT=/etc/gatebox/network PREVIOUS='' sh -eu lifecycle/deactivate && rm -f /etc/gatebox/network`;
    const { code, stderr } = host.run(script);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  };
  /** What the kernel told of addresses and links while something was done. */
  const events = async (work: () => void): Promise<string[]> => {
    const monitor = host.start("ip -o monitor address link route");
    const said: Buffer[] = [];
    monitor.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    const mark = (): void => void host.run("ip addr add 198.51.100.1/32 dev lo; ip addr del 198.51.100.1/32 dev lo");
    const text = (): string => Buffer.concat(said).toString();
    // It listens once it tells of a change; and it has told all when it tells of another.
    await until(() => (mark(), text().includes("198.51.100.1")));
    const begun = text().length;
    work();
    host.run("ip addr add 198.51.100.2/32 dev lo");
    await until(() => text().includes("198.51.100.2"));
    host.run("ip addr del 198.51.100.2/32 dev lo");
    monitor.kill();
    return (
      text()
        .slice(begun)
        .split("\n")
        // Link-local addresses of IPv6 take the kernel a second or two.
        .filter((line) => !/198\.51\.100\.|fe80::/.test(line))
    );
  };
  const taken = (lines: readonly string[]): string[] =>
    lines.filter((line) => /Deleted .*(?:192\.168\.|default)/.test(line));

  beforeEach(async () => {
    host = await Sandbox.make([]);
    startNetworkd(host, cards);
    await until(() => /192\.168\.2\.14[^]*192\.168\.1\.14/.test(state()));
  });
  afterEach(() => host.remove());

  const installed = `eth0 ${ethers["gateway-network"]} 192.168.2.14/24\nbox-network ${ethers["box-network"]} 192.168.1.14/24\n`;
  const wanted = `gateway-network ${ethers["gateway-network"]} 192.168.2.14/24
box-network ${ethers["box-network"]} 192.168.1.14/24
default via 192.168.2.254 dev gateway-network proto static src 192.168.2.14`;

  it("finds each card, names it, gives it its address and the way out; nothing that stays goes for a moment", async () => {
    assert.equal(`${state()}\n`.replace("\n\n", "\n"), installed);
    const lines = await events(() => works(tree()));
    assert.equal(state(), wanted);
    assert.deepEqual(
      taken(lines).filter((line) => line.includes("192.168.1.")),
      [],
    );
    assert.equal(host.run("stat -c %a /etc/netplan/60-gatebox.yaml").stdout, "600");
    assert.equal(host.run("cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce").stdout, "1\n2"); // prettier-ignore
  });

  it("changes nothing when it is applied again", async () => {
    works(tree());
    const before = files();
    const lines = await events(() => works(tree()));
    assert.deepEqual(lines, [""]);
    assert.equal(files(), before);
  });

  it("leaves the addresses, routes and rules of others, whatever becomes of networkd", async () => {
    works(tree());
    // Of keepalived, of the cluster's pods, of whoever leads something another way.
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
    const lines = await events(() => {
      works(moved);
      const { code, stderr } = host.run("systemctl restart systemd-networkd.service; sleep 2; networkctl reload");
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      goesBack(tree());
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
    works(tree());
    host.run(`ip addr add 192.168.1.254/24 dev box-network
      mkdir -p /etc/gatebox/vip/keepalived/vips
      echo nat 192.168.1.254/24 box-network 192.168.1.14 >/etc/gatebox/vip/keepalived/vips/nat.address`);
    assert.equal(applies(moved, ["activate"]).code, 0);
    host.run("ip addr del 192.168.1.254/24 dev box-network");
    const { code, stderr } = applies(moved, ["probe"]);
    assert.equal(code, 1);
    assert.match(stderr, /the virtual IP 192\.168\.1\.254\/24, which this host held, is gone/);
  });

  it("says so when keepalived would look for an interface that is no more", () => {
    host.run(`ip addr add 192.168.2.254/24 dev eth0
      mkdir -p /etc/gatebox/vip/keepalived/vips
      echo nat 192.168.2.254/24 eth0 192.168.2.14 >/etc/gatebox/vip/keepalived/vips/nat.address`);
    assert.equal(applies(tree(), ["activate"]).code, 0);
    assert.equal(host.run("cat /run/gatebox/network/held").stdout, "192.168.2.254/24");
    host.run("echo nat 192.168.2.254/24 gateway-network 192.168.2.14 >/etc/gatebox/vip/keepalived/vips/nat.address");
    assert.equal(
      applies(tree({ interfaces: { "gateway-network": "eth0", "box-network": "box-network" } }), ["activate"]).code,
      0,
    );
    assert.equal(host.run("cat /run/gatebox/network/held").stdout, "192.168.2.254/24");
    // What it knows by name it takes up again.
    host.run(`ip addr add 192.168.1.254/24 dev box-network
      echo nat 192.168.1.254/24 box-network 192.168.1.14 >/etc/gatebox/vip/keepalived/vips/nat.address`);
    assert.equal(applies(tree(), ["activate"]).code, 0);
    assert.equal(host.run("cat /run/gatebox/network/held").stdout, "");
  });

  it("moves an address and the way out, and goes back to what was", () => {
    works(tree());
    works(moved);
    assert.equal(state(), wanted.replaceAll("192.168.2.14", "192.168.2.64").replace("192.168.2.254", "192.168.2.1"));
    goesBack(tree());
    assert.equal(state(), wanted);
    works(
      tree({ addresses: { "gateway-network": "192.168.2.14", "box-network": "192.168.1.14" }, defaultVia: undefined! }),
    );
    assert.equal(state(), wanted.replace(/\ndefault.*/, ""));
  });

  it("swaps the names of two cards", () => {
    const restarts = (): string => host.run("grep -c '^try-restart keepalived.service' /run/systemctl.log").stdout;
    works(tree());
    const before = restarts();
    works(tree());
    assert.equal(restarts(), before);
    const swapped = { "gateway-network": "box-network", "box-network": "gateway-network" };
    works(tree({ interfaces: swapped }));
    // keepalived looks for its interfaces when it starts.
    assert.equal(Number(restarts()), Number(before) + 1);
    assert.match(
      state(),
      /^box-network 02:67:c0:a8:02:0e 192\.168\.2\.14\/24\ngateway-network 02:67:c0:a8:01:0e 192\.168\.1\.14\/24\n/,
    );
    assert.match(state(), /default via 192\.168\.2\.254 dev box-network/);
    goesBack(tree());
    assert.equal(state(), wanted);
  });

  it("takes the place of a way out that the installer left, of any making", () => {
    host.run(
      "ip route add default via 192.168.2.254 proto static; ip route append default via 192.168.2.254 proto boot",
    );
    works(tree());
    assert.equal(state(), wanted);
  });

  it("gives the host back as it was when the first attempt fails at any point", () => {
    host.run("ip addr add 192.168.2.77/24 dev eth0; ip route add default via 192.168.2.1");
    const [before, filesBefore] = [state(), files()];
    for (const seconds of ["", "timeout -s KILL 0.1", "timeout -s KILL 0.4", "timeout -s KILL 0.8"]) {
      applies(moved, ["check"]);
      host.run(`cd "$(readlink -f /etc/gatebox/network)"
        TREE=$(pwd) CURRENT=/etc/gatebox/network PREVIOUS='' ${seconds} sh -eu lifecycle/activate`);
      deactivates();
      assert.equal(state(), before, `after ${seconds}`);
      assert.equal(files(), filesBefore, `after ${seconds}`);
    }
    assert.equal(host.run("ls /run/gatebox").stdout, "");
  });

  it("gives the host back what it cannot write down: routes of others, and those that a router advertises", () => {
    // Where the kernel hears advertisements, as with ifupdown; networkd would do that itself.
    host.run(`systemctl stop systemd-networkd.service
      echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_ra; echo 0 >/proc/sys/net/ipv4/conf/all/arp_ignore
      ip route add default via 192.168.2.1; ip route add 10.9.0.0/16 via 192.168.2.1; ip route add 10.8.0.0/16 via 192.168.2.1 table 77
      ip -6 route add default via fe80::1 dev eth0 proto ra metric 1024 expires 1800`);
    const all = (): string =>
      host.run(`ip -4 -o address show scope global | sed 's/[0-9]*:  *\\([^ ]*\\) *inet \\([^ ]*\\) .*/\\1 \\2/'
        ip route; ip route show table 77; ip -6 route show proto ra | sed 's/ expires.*//'
        cat /proc/sys/net/ipv6/conf/eth0/accept_ra /proc/sys/net/ipv4/conf/all/arp_ignore`).stdout;
    const before = all();
    assert.match(before, /^eth0 192\.168\.2\.14\/24$/m);
    assert.match(before, /^10\.9\.0\.0\/16 [^]*^10\.8\.0\.0\/16 [^]*^default via fe80::1 [^]*^1\n0$/m);
    assert.equal(applies(tree(), ["check", "activate"]).code, 0);
    deactivates();
    assert.equal(all(), before);
  });

  it("leaves an address that was leased until now where it is when the first attempt fails", () => {
    host.run(`systemctl stop systemd-networkd.service
      ip address del 192.168.2.14/24 dev eth0; ip address add 192.168.2.14/24 dev eth0 valid_lft 3600 preferred_lft 3600
      echo nonsense >/etc/netplan/99-broken.yaml`);
    const before = state();
    assert.match(applies(tree(), ["activate"]).stderr, /netplan refuses the configuration/);
    host.run("rm /etc/netplan/99-broken.yaml");
    deactivates();
    assert.equal(state(), before);
  });

  it("gives the host back after a reset in the middle of the first attempt", () => {
    host.run("ip route add default via 192.168.2.1");
    const [before, filesBefore] = [state(), files()];
    assert.equal(applies(moved, ["check", "activate"]).code, 0);
    // Memory is lost, and the boot makes what the files say.
    host.run(`systemctl stop systemd-networkd.service
      for name in gateway-network box-network; do ip address flush dev "$name"; done
      rm -rf /run/gatebox
      systemctl start systemd-networkd.service`);
    deactivates();
    assert.equal(state(), before);
    assert.equal(files(), filesBefore);
    assert.equal(host.run("ls /var/lib/gatebox/network").stdout, "generations");
  });

  it("gives the host back, with its cards up, when a card does not take its name", () => {
    host.run("ip link add spare type veth peer name other; ip link property add dev spare altname gateway-network");
    const before = state();
    const { code, stderr } = applies(tree(), ["activate"]);
    assert.equal(code, 1);
    assert.match(stderr, /^the interface eth0 does not take the name gateway-network: .*File exists/m);
    deactivates();
    assert.equal(state(), before);
    assert.equal(host.run("ip -br link show dev eth0 up").stdout.split(/ +/)[1], "UP");
  });

  describe("on a kernel that renames only what is down", () => {
    /** ip(8) as it is there; `more` is shell that runs before everything else. */
    const oldKernel = (more = ""): void => {
      host.run(`mkdir -p /run/more/upper /run/more/work
        mountpoint -q /usr/sbin || mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/more/upper,workdir=/run/more/work /usr/sbin
        rm -f /usr/sbin/ip
        cat >/usr/sbin/ip <<'OLD'
#!/bin/sh
${more}
if [ "$1 $2 $3 $5" = "link set dev name" ] && /bin/ip link show dev "$4" up | grep -q .; then
  echo 'RTNETLINK answers: Device or resource busy' >&2
  exit 2
fi
exec /bin/ip "$@"
OLD
        chmod 755 /usr/sbin/ip`);
      assert.match(host.run("ip link set dev eth0 name eth1").stderr, /busy/);
    };

    it("names a card, and its routes stay, whoever has set them", () => {
      host.run("ip route add 10.9.0.0/16 via 192.168.2.1");
      oldKernel();
      works(tree());
      assert.equal(state(), wanted);
      assert.match(
        host.run("ip route show 10.9.0.0/16").stdout,
        /^10\.9\.0\.0\/16 via 192\.168\.2\.1 dev gateway-network *$/,
      );
    });

    it("leaves no card down that does not take its name", () => {
      host.run("ip route add 10.9.0.0/16 via 192.168.2.1");
      oldKernel(`if [ "$1 $2 $3 $5 $6" = "link set dev name gateway-network" ] && ! /bin/ip link show dev "$4" up | grep -q .; then
  echo 'RTNETLINK answers: File exists' >&2
  exit 2
fi`);
      const before = state();
      assert.match(
        applies(tree(), ["activate"]).stderr,
        /^the interface eth0 does not take the name gateway-network: /m,
      );
      assert.match(
        host.run("ip -br link show dev eth0 up; ip route show 10.9.0.0/16").stdout,
        / UP [^]*10\.9\.0\.0\/16/,
      );
      deactivates();
      assert.equal(state(), before);
      assert.match(host.run("ip route show 10.9.0.0/16").stdout, /dev eth0/);
    });
  });

  it("converges after it was killed at any point", () => {
    works(tree());
    for (const seconds of [0.05, 0.2, 0.4, 0.6]) {
      applies(moved, ["check"]);
      host.run(`cd "$(readlink -f /etc/gatebox/network)"
        TREE=$(pwd) CURRENT=/etc/gatebox/network PREVIOUS=/var/lib/gatebox/network/generations/1 timeout -s KILL ${seconds} sh -eu lifecycle/activate`);
      goesBack(tree());
      assert.equal(state(), wanted, `after ${seconds} s`);
    }
  });

  it("leaves addresses and the way out where they are when it is removed", async () => {
    works(tree());
    const lines = await events(deactivates);
    assert.equal(state(), wanted);
    assert.doesNotMatch(files(), /gatebox|netplan-/);
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
    works(tree());
    host.run(`ip route add 10.244.1.0/24 via 192.168.1.1 dev box-network proto bird
      ip rule add from 10.0.0.0/8 table 77`);
    // The installer's file is for this card under this very name, so that networkd takes it over. Not every networkd removes
    // what is not its own (252 does not here), so it is looked for what it is told as well, for some seconds.
    const told = "/run/systemd/networkd.conf.d/gatebox.conf";
    const watch = host.start(`sh -c 'until cp ${told} /run/told 2>/dev/null; do sleep 0.05; done'`);
    const lines = await events(deactivates);
    watch.kill();
    assert.match(host.run("cat /run/told").stdout, /^ManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no$/m);
    assert.match(host.run("ip rule show table 77").stdout, /from 10\.0\.0\.0\/8/);
    assert.match(host.run("ip route show proto bird").stdout, /^10\.244\.1\.0\/24 /);
    assert.deepEqual(
      lines.filter((line) => /Deleted .*10\.244\./.test(line)),
      [],
    );
    assert.equal(host.run("ls -A /run/systemd/networkd.conf.d 2>&1").code, 2);
  });

  it("goes back to what the operator can reach, and says so on the operator's own connection", () => {
    // As sshd would: the runtime's words go to whoever is connected, and it knows from where that is.
    const sent = (files: readonly TreeFile[]): string => {
      const text = payload({ assembly: "network", unit: "box.pool", files });
      host.run(`cat >/run/payload <<'PAYLOAD'\n${text}PAYLOAD
        cat >/run/unit.sh <<'RUNTIME'\n${runtimeText()}RUNTIME
        cat >/run/session <<'SESSION'
SSH_CONNECTION="$SOCAT_PEERADDR $SOCAT_PEERPORT $SOCAT_SOCKADDR $SOCAT_SOCKPORT" sh /run/unit.sh apply </run/payload 2>&1
SESSION`);
      host.start("timeout 50 socat -lf /dev/null TCP-LISTEN:22,reuseaddr 'EXEC:sh /run/session'");
      return host.run(
        "nsenter -t $(cat /run/neighbour-of-box-network) -n timeout 50 socat -u TCP:192.168.1.14:22,retry=50,interval=0.1 -",
      ).stdout;
    };
    assert.match(sent(tree()), /trying the way in\n(?:[^]*\n)?live as generation 1$/);
    assert.equal(state(), wanted);
    const elsewhere = { "gateway-network": "192.168.2.14", "box-network": "192.168.1.64" };
    const words = sent(tree({ addresses: elsewhere, ethers }));
    assert.match(
      words,
      /the operator's own SSH connection stopped answering; the configuration that was live before serves again/,
    );
    assert.equal(state(), wanted);
    assert.equal(host.run("readlink /etc/gatebox/network").stdout, "/var/lib/gatebox/network/generations/1");
  });

  describe("other files of netplan", () => {
    const cloud = "/etc/netplan/50-cloud-init.yaml";
    beforeEach(() => {
      host.run(`printf 'network: {version: 2, ethernets: {eth0: {dhcp4: true}}}\\n' >${cloud}
        printf 'network: {version: 2, ethernets: {storage: {addresses: [10.9.0.1/24]}}}\\n' >/etc/netplan/70-storage.yaml`);
    });

    it("that configure the same card are refused, with the way out", () => {
      assert.match(
        refused(tree()),
        /^\/etc\/netplan\/50-cloud-init\.yaml configures the interface eth0 too; name the file under hostNetworks\.replaces/,
      );
    });

    it("that add to ours are refused as well", () => {
      host.run(
        `rm ${cloud}; printf 'network: {version: 2, ethernets: {box-network: {addresses: [10.9.0.1/24]}}}\\n' >/etc/netplan/70-storage.yaml`,
      );
      assert.match(refused(tree()), /^\/etc\/netplan\/70-storage\.yaml configures the interface box-network too/);
    });

    it("are set aside when they are named, and put back; all others stay in force", () => {
      works(tree({}, [cloud]));
      assert.equal(state(), wanted);
      assert.equal(host.run(`ls ${cloud}*`).stdout, `${cloud}.gatebox-replaced`);
      assert.match(files(), /10-netplan-storage\.network/);
      deactivates();
      assert.equal(host.run(`ls ${cloud}*`).stdout, cloud);
      assert.match(files(), /10-netplan-eth0\.network/);
      assert.match(files(), /10-netplan-storage\.network/);
    });
  });

  describe("files of netplan elsewhere than below /etc", () => {
    const text = "network: {version: 2, ethernets: {eth0: {dhcp4: true}}}";
    it("in /lib are hidden by a file of their name below /etc", () => {
      host.run(`mkdir -p /run/more/upper /run/more/work
        mount -t overlay overlay -o lowerdir=/lib/netplan,upperdir=/run/more/upper,workdir=/run/more/work /lib/netplan || mkdir -p /lib/netplan
        echo '${text}' >/lib/netplan/01-vendor.yaml`);
      const words = refused(tree());
      assert.match(
        words,
        /^\/lib\/netplan\/01-vendor\.yaml configures the interface eth0 too; hostNetworks\.replaces takes files below \/etc;/,
      );
      // As it says.
      host.run(/echo '.*' >\S+/.exec(words)?.[0] ?? "");
      works(tree());
      assert.equal(state(), wanted);
    });

    it("in /run are their makers' business", () => {
      host.run(`mkdir -p /run/netplan; echo '${text}' >/run/netplan/01-initrd.yaml`);
      assert.match(
        refused(tree()),
        /^\/run\/netplan\/01-initrd\.yaml configures the interface eth0 too; hostNetworks\.replaces takes files below \/etc; it is made anew at each boot/,
      );
    });
  });

  describe("lines of ifupdown", () => {
    const file = "/etc/network/interfaces";
    const cloud = "/etc/network/interfaces.d/50-cloud-init";
    const text = `# The loopback
auto lo eth0 \\
  storage
iface lo inet loopback

allow-hotplug eth0
iface eth0 inet static
    address 192.168.2.14/24
    # the way out
    gateway 192.168.2.1
    up ip route add 10.9.0.0/16 \\
      via 192.168.2.1
iface eth0:1 inet static
    address 192.168.2.77/24

iface storage inet static
    address 10.9.0.1/24
source /etc/network/interfaces.d/*`;
    const other = "auto box-network\niface box-network inet dhcp";
    const read = (path: string): string => host.run(`cat ${path}`).stdout;
    beforeEach(() => {
      host.run(`mkdir -p /run/more/upper /run/more/work /etc/network/interfaces.d
        mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/more/upper,workdir=/run/more/work /usr/sbin
        ln -s /bin/true /usr/sbin/ifup
        cat >${file} <<'TEXT'\n${text}\nTEXT
        echo '${other}' >${cloud}
        chmod 640 ${cloud}`);
    });

    it("are refused, with the way out", () => {
      assert.match(
        refused(tree()),
        /^\/etc\/network\/interfaces configures the interface eth0 \(ifupdown\); name the file under hostNetworks\.replaces: /,
      );
      assert.match(
        refused(tree({}, [file])),
        /^\/etc\/network\/interfaces\.d\/50-cloud-init configures the interface box-network/,
      );
      host.run(`sed -i 's/^\\(iface .*\\) \\(static\\|dhcp\\)/\\1 manual/' ${file} ${cloud}`);
      assert.equal(applies(tree(), ["check"]).code, 0);
    });

    it("are set aside where their file is named, and put back; those of other interfaces stay in force", () => {
      const replaces = [file, cloud];
      works(tree({}, replaces));
      const inForce = (path: string): string[] =>
        read(path)
          .split("\n")
          .filter((line) => !/^\s*(?:#|$)/.test(line));
      assert.deepEqual(inForce(file), [
        "auto lo storage",
        "iface lo inet loopback",
        "iface storage inet static",
        "    address 10.9.0.1/24",
        "source /etc/network/interfaces.d/*",
      ]);
      assert.deepEqual(inForce(cloud), []);
      assert.equal(
        host.run(`stat -c %a ${cloud}; ls -A ${cloud.replace(/\/[^/]*$/, "")}`).stdout,
        "640\n50-cloud-init",
      );
      const after = read(file);
      works(tree({}, replaces));
      assert.equal(read(file), after);
      host.run(`echo '# mine' >>${file}`);
      deactivates();
      assert.equal(read(file), `${text}\n# mine`);
      assert.equal(read(cloud), other);
    });

    it("are put back where the first attempt fails, and where they are named no longer", () => {
      assert.equal(applies(tree({}, [file, cloud]), ["check", "activate"]).code, 0);
      deactivates();
      assert.equal(read(file), text);
      works(tree({}, [file, cloud]));
      assert.equal(applies(tree({}, [cloud]), ["activate"]).code, 0);
      assert.equal(read(file), text);
      assert.match(read(cloud), /^#gatebox- iface/m);
    });
  });

  describe("what does not fit the host is refused before anything changes", () => {
    it("a card that is not there", () => {
      const words = refused(tree({ ethers: { ...ethers, "box-network": "02:67:c0:a8:01:0f" } }));
      assert.match(
        words,
        /^no interface of this host has the hardware address 02:67:c0:a8:01:0f, which is declared for box-network; it has:/,
      );
      assert.match(words, /eth0\S* 02:67:c0:a8:02:0e/);
    });

    it("a name that another interface has", () => {
      host.run("ip link add gateway-network type veth peer name other");
      assert.match(refused(tree()), /^eth0 is to be named gateway-network, but another interface has that name/);
    });

    it("a name that is an alternative one of another interface", () => {
      host.run(`ip link add spare type veth peer name other; ip link property add dev spare altname ens9
        ip link property add dev spare altname gateway-network; ip link property add dev eth0 altname enp0s9`);
      assert.match(
        refused(tree()),
        /^eth0 is to be named gateway-network, which is an alternative name of spare; remove it: ip link property del dev spare altname gateway-network$/,
      );
      host.run("ip link property del dev spare altname gateway-network");
      host.run("ip link property add dev eth0 altname gateway-network");
      assert.equal(applies(tree(), ["check"]).code, 0);
    });

    it("another name for a card that a live tree goes by", () => {
      const named = /^eth0 is to be named gateway-network, but (\S+) names it and is in force: keep its name/;
      const trees = [
        ["/etc/gatebox/vip/keepalived/vips/nat.address", "nat 192.168.2.254/24 eth0 192.168.2.14"],
        ["/etc/gatebox/gateway/border/base.nft", 'define gateway = "eth0"'],
        ["/etc/gatebox/nat/nft/nat.nft", 'define networks = { "box-network", "eth0" }'],
      ] as const;
      for (const [file, text] of trees) {
        host.run(`mkdir -p ${file.replace(/[^/]*$/, "")}; echo '${text}' >${file}`);
        assert.equal(named.exec(refused(tree()))?.[1], file);
        const kept = { "gateway-network": "eth0", "box-network": "box-network" };
        assert.equal(applies(tree({ interfaces: kept }), ["check"]).code, 0);
        host.run(`rm -r ${file}`);
      }
      host.run(`echo nat 192.168.2.254/24 gateway-network 192.168.2.14 >${trees[0][0]}`);
      assert.equal(applies(tree(), ["check"]).code, 0);
    });

    it("a port of a bridge", () => {
      host.run("ip link add br0 type bridge; ip link set dev eth0 master br0");
      assert.match(
        refused(tree()),
        /^eth0 is a port of br0: hostNetworks writes plain cards only; take it out of br0, or the host out of hostNetworks\.pools$/,
      );
    });

    it("an address that a stranger has", () => {
      host.run("nsenter -t $(cat /run/neighbour-of-eth0) -n ip addr add 192.168.2.64/24 dev peer");
      assert.match(refused(moved), /^192\.168\.2\.64 is in use already, by [0-9A-F:]+ on eth0/);
    });

    it("a way out by another interface", () => {
      host.run(
        "ip link add uplink type veth peer name other; ip link set other up; ip addr add 100.64.0.10/24 dev uplink; ip link set uplink up; ip route add default via 100.64.0.1",
      );
      assert.match(refused(tree()), /^this host has a default route by the interface uplink already \(100\.64\.0\.1\)/);
      host.run("ip route del default; ip route add default via 100.64.0.1 metric 100");
      assert.equal(applies(tree(), ["check"]).code, 0);
    });

    it("another file of networkd that comes first", () => {
      const file = "/etc/systemd/network/05-mine.network";
      host.run(`printf '[Match]\\nName=gate* eth9\\n[Network]\\nDHCP=yes\\n' >${file}`);
      assert.match(
        refused(tree()),
        /^\/etc\/systemd\/network\/05-mine\.network configures the interface gateway-network before netplan's/,
      );
      host.run(`printf '[Match]\\nName=eth9\\n[Network]\\nDHCP=yes\\n' >${file}`);
      assert.equal(applies(tree(), ["check"]).code, 0);
    });

    it("a DHCP client that runs for the card, or for whichever there are", () => {
      const client = (words: string): string =>
        host.run(
          `cp /bin/dash /run/dhclient; /run/dhclient -c 'sleep 60; :' ${words} >/dev/null 2>&1 </dev/null & echo $!`,
        ).stdout;
      const elsewhere = client("-v lo");
      assert.equal(applies(tree(), ["check"]).code, 0);
      host.run(`kill ${elsewhere}`);
      for (const words of ["-v eth0", "-v"]) {
        const process = client(words);
        assert.ok(
          refused(tree()).startsWith(
            `the DHCP client dhclient ${process} configures the interface eth0; see that nothing starts it again, and end it: kill -KILL ${process} (`,
          ),
        );
        host.run(`kill ${process}`);
      }
    });

    it("NetworkManager, where it does not leave the card alone", () => {
      const says = (state: string): void => {
        host.run(`mkdir -p /run/more/upper /run/more/work
          mountpoint -q /usr/sbin || mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/more/upper,workdir=/run/more/work /usr/sbin
          printf '#!/bin/sh\n[ "$*" != "-g GENERAL.STATE device show eth0" ] || echo "${state}"\n' >/usr/sbin/nmcli
          chmod 755 /usr/sbin/nmcli`);
      };
      says("100 (connected)");
      assert.match(
        refused(tree()),
        /^NetworkManager configures the interface eth0; write \[keyfile\] and unmanaged-devices=mac:02:67:c0:a8:02:0e into/,
      );
      says("10 (unmanaged)");
      assert.equal(applies(tree(), ["check"]).code, 0);
    });

    it("a file that is not ours at the place of one of ours", () => {
      host.run("mkdir -p /etc/systemd/networkd.conf.d; echo '[Network]' >/etc/systemd/networkd.conf.d/gatebox.conf");
      assert.match(refused(tree()), /^\/etc\/systemd\/networkd\.conf\.d\/gatebox\.conf exists and is not Gatebox's/);
    });
  });

  it("is what a boot makes of it, by netplan's own generator, which has networkd started", () => {
    works(tree());
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
