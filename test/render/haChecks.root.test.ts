import assert from "node:assert/strict";
import { haBox, haHost, natGateways, vipFiles, virtualIps } from "./sampleHa.ts";
import { NatNetwork } from "./sandbox/natNetwork.ts";

/** What only the host can find. The check changes nothing, so nothing of it has to run. */
describe("render: the checks of a NAT gateway and of its virtual IPs", function () {
  // A check takes a second, and several times that on a machine under load.
  this.timeout(20_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
  });
  let network: NatNetwork;

  before(async () => {
    network = await NatNetwork.make(box, ["gateway-4"]);
  });
  after(() => network.remove());

  it("refuse a host where another program would undo the rules, or drop what is to be forwarded", () => {
    const host = network.hostOf("gateway-4");
    const refused = (setUp: string): string => {
      host.run(`mkdir -p /run/enabled /etc/ufw; ${setUp}`);
      const { code, stderr } = host.apply("nat", network.filesOf("gateway-4"), ["check"]);
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

  it("refuse an interface that has the name beside its own: no rule for it would match", () => {
    const host = network.hostOf("gateway-4");
    const files = network.filesOf("gateway-4").map((file) => ({
      ...file,
      text: file.text.replaceAll('"box-network"', '"eno1"'),
    }));
    host.run("ip link property add dev box-network altname eno1");
    const { code, stderr } = host.apply("nat", files, ["check"]);
    host.run("ip link property del dev box-network altname eno1");
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "this host has no interface eno1" });
  });

  it("refuse a host that knows no protocols by name: conntrackd would report no connection", () => {
    const host = network.hostOf("gateway-4");
    host.run("mv /etc/protocols /etc/protocols.away");
    const { code, stderr } = host.apply("nat", network.filesOf("gateway-4"), ["check"]);
    host.run("mv /etc/protocols.away /etc/protocols");
    assert.deepEqual(
      { code, stderr },
      { code: 1, stderr: "/etc/protocols (package netbase) does not name TCP: conntrackd would ignore it" },
    );
  });

  it("refuse what keepalived refuses, by the name of the file", () => {
    const files = vipFiles(box, haHost("gateway-4"));
    const check = (from: string, to: string): { code: number | null; stderr: string } => {
      const changed = files.map((file) =>
        file.path === "keepalived/vips/nat.conf" ? { ...file, text: file.text.replace(from, to) } : file,
      );
      return network.hostOf("gateway-4").apply("vip", changed, ["check"]);
    };
    assert.equal(check("", "").stderr, "");
    const { code, stderr } = check("advert_int", "advert_in");
    assert.equal(code, 1);
    assert.match(stderr, /\(vips\/nat\.conf: Line \d+\) Unknown keyword 'advert_in'/);
    assert.match(stderr, /keepalived refuses the configuration/);
  });
});
