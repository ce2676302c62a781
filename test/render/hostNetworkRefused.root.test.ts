import assert from "node:assert/strict";
import { usedInterfaces } from "../../render/usedInterfaces.ts";
import { macAddresses, moved, NetworkedHost, tree } from "./sandbox/networkedHost.ts";
import { readScript, scriptFile } from "./sandbox/scriptFile.ts";

/** Each refusal by the check, which changes nothing. */
describe("render: what does not fit a host's network is refused before anything changes", function () {
  // Each step waits for networkd, up to a second; a machine under load gets several times that.
  this.timeout(120_000);
  let host: NetworkedHost;
  beforeEach(async () => {
    host = await NetworkedHost.make();
  });
  afterEach(() => host.remove());

  it("a NIC that is not there", () => {
    const output = host.refused(tree({ macAddresses: { ...macAddresses, "box-network": "02:67:c0:a8:01:0f" } }));
    assert.match(
      output,
      /^no interface of this host has the hardware address 02:67:c0:a8:01:0f, which is declared for box-network; it has:/,
    );
    assert.match(output, /eth0\S* 02:67:c0:a8:02:0e/);
  });

  it("a name that another interface has", () => {
    host.run("ip link add gateway-network type veth peer name other");
    assert.match(host.refused(tree()), /^eth0 is to be named gateway-network, but another interface has that name/);
  });

  it("a name that is an alternative one of another interface", () => {
    host.run(`ip link add spare type veth peer name other; ip link property add dev spare altname ens9
        ip link property add dev spare altname gateway-network; ip link property add dev eth0 altname enp0s9`);
    assert.match(
      host.refused(tree()),
      /^eth0 is to be named gateway-network, which is an alternative name of spare; remove it: ip link property del dev spare altname gateway-network$/,
    );
    host.run("ip link property del dev spare altname gateway-network");
    host.run("ip link property add dev eth0 altname gateway-network");
    assert.equal(host.applies(tree(), ["check"]).code, 0);
  });

  it("another name for a NIC that a live tree goes by", () => {
    const named = /^eth0 is to be named gateway-network, but (\S+) names it and is in force: keep its name/;
    const kept = { "gateway-network": "eth0", "box-network": "box-network" };
    const live = (name: string, interfaces: readonly string[]): string => {
      const tree = `/var/lib/gatebox/${name}/generations/1`;
      const { path, text } = usedInterfaces(interfaces);
      host.run(`mkdir -p ${tree} /etc/gatebox; ln -sfn ${tree} /etc/gatebox/${name}
        cat >${tree}/${path} <<'USED'\n${text}USED`);
      return `/etc/gatebox/${name}/${path}`;
    };
    for (const name of ["gateway", "nat", "vip"]) {
      const file = live(name, ["box-network", "eth0"]);
      assert.equal(named.exec(host.refused(tree()))?.[1], file);
      host.run(`rm /etc/gatebox/${name}`);
    }
    live("vip", ["eth0"]);
    assert.equal(host.applies(tree({ interfaces: kept }), ["check"]).code, 0);
    live("vip", ["box-network", "gateway-network", "eth01", "veth0"]);
    live("webserver", []);
    assert.equal(host.applies(tree(), ["check"]).code, 0);
  });

  it("another name for a NIC while a live tree does not say which it goes by", () => {
    host.run(
      "mkdir -p /var/lib/gatebox/nat/generations/1 /etc/gatebox; ln -s /var/lib/gatebox/nat/generations/1 /etc/gatebox/nat",
    );
    assert.match(
      host.refused(tree()),
      /^eth0 is to be named gateway-network, but \/etc\/gatebox\/nat is in force and does not say yet which interfaces it uses: keep its name, by interfaces: of this host, until an up has renewed that tree$/,
    );
    const kept = { "gateway-network": "eth0", "box-network": "box-network" };
    assert.equal(host.applies(tree({ interfaces: kept }), ["check"]).code, 0);
    host.run("rm /etc/gatebox/nat");
    assert.equal(host.applies(tree(), ["check"]).code, 0);
  });

  it("a port of a bridge", () => {
    host.run("ip link add br0 type bridge; ip link set dev eth0 master br0");
    assert.match(
      host.refused(tree()),
      /^eth0 is a port of br0: hostNetworks configures plain NICs only; take it out of br0, or the host out of hostNetworks\.pools$/,
    );
  });

  it("an address that a stranger has", () => {
    host.run("nsenter -t $(cat /run/neighbour-of-eth0) -n ip addr add 192.168.2.64/24 dev peer");
    assert.match(host.refused(moved), /^192\.168\.2\.64 is in use already, by [0-9A-F:]+ on eth0/);
  });

  it("a default route by another interface", () => {
    host.run(
      "ip link add uplink type veth peer name other; ip link set other up; ip addr add 100.64.0.10/24 dev uplink; ip link set uplink up; ip route add default via 100.64.0.1",
    );
    assert.match(
      host.refused(tree()),
      /^this host has a default route by the interface uplink already \(100\.64\.0\.1\)/,
    );
    host.run("ip route del default; ip route add default via 100.64.0.1 metric 100");
    assert.equal(host.applies(tree(), ["check"]).code, 0);
  });

  it("another file of networkd that comes first", () => {
    const file = "/etc/systemd/network/05-mine.network";
    host.run(`printf '[Match]\\nName=gate* eth9\\n[Network]\\nDHCP=yes\\n' >${file}`);
    assert.match(
      host.refused(tree()),
      /^\/etc\/systemd\/network\/05-mine\.network configures the interface gateway-network before netplan's/,
    );
    host.run(`printf '[Match]\\nName=eth9\\n[Network]\\nDHCP=yes\\n' >${file}`);
    assert.equal(host.applies(tree(), ["check"]).code, 0);
  });

  it("a DHCP client that runs for the NIC, or for whichever there are", () => {
    const client = (words: string): string =>
      host.run(
        `cp /bin/dash /run/dhclient; /run/dhclient -c 'sleep 60; :' ${words} >/dev/null 2>&1 </dev/null & echo $!`,
      ).stdout;
    const elsewhere = client("-v lo");
    assert.equal(host.applies(tree(), ["check"]).code, 0);
    host.run(`kill ${elsewhere}`);
    for (const words of ["-v eth0", "-v"]) {
      const process = client(words);
      assert.ok(
        host
          .refused(tree())
          .startsWith(
            `the DHCP client dhclient ${process} configures the interface eth0; see that nothing starts it again, and end it: kill -KILL ${process} (`,
          ),
      );
      host.run(`kill ${process}`);
    }
  });

  it("NetworkManager, where it does not leave the NIC alone", () => {
    const says = (state: string): void => {
      host.run(`echo '${state}' >/run/nmcli-state`);
      host.run(scriptFile("own-sbin.sh", "nmcli", readScript("nmcli.sh")));
    };
    says("100 (connected)");
    assert.match(
      host.refused(tree()),
      /^NetworkManager configures the interface eth0; write \[keyfile\] and unmanaged-devices=mac:02:67:c0:a8:02:0e into/,
    );
    says("10 (unmanaged)");
    assert.equal(host.applies(tree(), ["check"]).code, 0);
  });

  it("a file that is not ours at the place of one of ours", () => {
    host.run("mkdir -p /etc/systemd/networkd.conf.d; echo '[Network]' >/etc/systemd/networkd.conf.d/gatebox.conf");
    assert.match(host.refused(tree()), /^\/etc\/systemd\/networkd\.conf\.d\/gatebox\.conf exists and is not Gatebox's/);
  });
});
