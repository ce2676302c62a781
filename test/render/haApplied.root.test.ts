import assert from "node:assert/strict";
import type { TreeFile } from "../../render/treeFile.ts";
import { haBox, haHost, natFiles, natGateways, vipFiles, virtualIps } from "./sampleHa.ts";
import { NatNetwork } from "./sandbox/natNetwork.ts";

describe("render: virtual IPs and a NAT gateway that are applied again", function () {
  // keepalived takes its addresses after four seconds; a machine under load gets several times that.
  this.timeout(60_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
  });
  const trees = { vip: vipFiles(box, haHost("gateway-4")), nat: natFiles(box, haHost("gateway-4")) };
  let network: NatNetwork;

  /** Applies a tree and returns what systemd was asked to do with the two services. */
  function apply(assembly: "vip" | "nat", files: readonly TreeFile[] = trees[assembly]): string {
    const host = network.hostOf("gateway-4");
    host.run(": >/run/systemctl.log");
    const { code, stderr } = host.apply(assembly, files);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return host.run("grep -E '^(re)?(start|load) (keepalived|conntrackd)' /run/systemctl.log").stdout;
  }
  const changed = (assembly: "vip" | "nat", path: string, from: string | RegExp, to: string): readonly TreeFile[] =>
    trees[assembly].map((file) => (file.path === path ? { ...file, text: file.text.replace(from, to) } : file));
  const startedWith = (): string =>
    network.hostOf("gateway-4").run("cat /run/gatebox/vip/keepalived.started-with").stdout;

  before(async () => {
    network = await NatNetwork.make(box, ["gateway-4"]);
    await network.applyAll();
  });
  after(() => network.remove());

  it("start, restart and reload no program when nothing has changed", () => {
    assert.equal(apply("nat"), "");
    assert.equal(apply("vip"), "");
  });

  it("restart keepalived neither for other dependencies of its service, nor after a start with those", () => {
    const without = changed("vip", "systemd/keepalived.conf", /^(?:Requires|After)=gatebox-firewall.*\n/gm, "");
    assert.equal(apply("vip", without), "");
    assert.match(startedWith(), /firewall/);
    network.hostOf("gateway-4").run("systemctl restart keepalived.service");
    assert.doesNotMatch(startedWith(), /firewall/);
    // With a start it is forgotten what was loaded, which costs one reload.
    apply("vip", without);
    assert.equal(apply("vip"), "");
    assert.doesNotMatch(startedWith(), /firewall/);
  });

  it("restart keepalived when its service runs it otherwise", () => {
    assert.equal(
      apply("vip", changed("vip", "systemd/keepalived.conf", "OOMScoreAdjust=-900", "OOMScoreAdjust=-800")),
      "restart keepalived.service",
    );
    assert.match(startedWith(), /OOMScoreAdjust=-800/);
    assert.equal(
      apply("vip", changed("vip", "scripts/start", "--log-console", "--log-console --log-detail")),
      "restart keepalived.service",
    );
    assert.equal(apply("vip"), "restart keepalived.service");
  });

  it("restart conntrackd for another configuration only", () => {
    assert.equal(apply("nat", changed("nat", "nft/nat.nft", 'comment "kube-proxy', 'comment "other')), "");
    const other = changed("nat", "conntrackd/conntrackd.conf", "PurgeTimeout 10", "PurgeTimeout 11");
    assert.equal(apply("nat", other), "restart conntrackd.service");
  });

  it("restart the watch, and keepalived not, when adverts become rarer", () => {
    const watch = (): string =>
      network.hostOf("gateway-4").run("cat /run/supervise/gatebox-vip-watch.service.main").stdout;
    apply("vip");
    const before = watch();
    assert.equal(apply("vip", changed("vip", "lifecycle/settings", "'4'", "'10'")), "");
    assert.notEqual(watch(), before);
  });
});
