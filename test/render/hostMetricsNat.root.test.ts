import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Assembly } from "../../render/assembly.ts";
import { natAssembly } from "../../render/nat/index.ts";
import { vipAssembly } from "../../render/vip/index.ts";
import { refusedPackets } from "../../render/refusedPackets/index.ts";
import { haBox, haHost, natGateways, virtualIps } from "./sampleHa.ts";
import {
  applyMetrics,
  assertWellFormed,
  bringing,
  metricsTree,
  notes,
  textfiles,
  told,
} from "./sandbox/metricsHost.ts";
import { NatNetwork } from "./sandbox/natNetwork.ts";

/** Two NAT gateways, with real keepalived, conntrackd and nftables, and what monitoring is told of them. */
describe("render/metrics of NAT gateways", function () {
  // keepalived takes its addresses after four seconds; a machine under load gets several times that.
  this.timeout(120_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
    monitoring: {
      pool: "nat_gateway_pool",
      networks: ["box-network"],
      nodeExporter: { port: 9100 },
      nginxExporter: { port: 9113 },
    },
  });
  const firewall = bringing(refusedPackets({ place: "firewall", table: "gatebox_firewall" }));
  const others: readonly Assembly[] = [natAssembly, vipAssembly, firewall];
  const names = ["gateway-4", "gateway-5"];
  let network: NatNetwork;
  const host = (name: string) => network.hostOf(name);

  before(async () => {
    network = await NatNetwork.make(box, names);
    for (const name of names) applyMetrics(host(name), metricsTree(box, haHost(name), others));
    await network.applyAll();
  });
  after(() => network.remove());

  const holder = (name: string, ask: boolean) => {
    const of = told(host(name), "vip", ask);
    return [
      of['vip_holder{vip="nat",network="box-network"}'],
      of['vip_holder{vip="natOut",network="gateway-network"}'],
    ];
  };

  it("tell who holds each address, with what priority, and in a form that Prometheus reads", () => {
    assert.deepEqual(holder("gateway-4", true), [1, 1]);
    assert.deepEqual(holder("gateway-5", true), [0, 0]);
    const first = told(host("gateway-4"), "vip");
    assert.equal(first['vip_priority{vip="nat"}'], 200);
    assert.ok(first['vip_transitions_total{vip="nat"}']! >= 1, JSON.stringify(first));
    assert.equal(told(host("gateway-5"), "vip")['vip_priority{vip="nat"}'], 100);
    for (const name of names) assertWellFormed(host(name));
  });

  it("tell of an address that moves without being asked, on both hosts", async () => {
    const before = names.map((name) => told(host(name), "vip")['vip_transitions_total{vip="nat"}']!);
    host("gateway-4").run("systemctl stop keepalived.service");
    // Nobody asks: keepalived's own word is enough.
    await network.until(() => holder("gateway-5", false).join() === "1,1", "the new holder tells");
    await network.until(() => holder("gateway-4", false).join() === "0,0", "the former holder tells");
    for (const [index, name] of names.entries()) {
      const now = told(host(name), "vip", false)['vip_transitions_total{vip="nat"}']!;
      assert.equal(now, before[index]! + 1, name);
    }
    host("gateway-4").run("systemctl start keepalived.service");
    await network.holder("gateway-4");
    await network.until(() => holder("gateway-4", false).join() === "1,1", "the first holder tells");
  });

  it("tell of two holders where there are two", () => {
    host("gateway-5").run("ip addr add 192.168.1.254/24 dev box-network nodad");
    assert.deepEqual(holder("gateway-5", true), [1, 0]);
    host("gateway-5").run("ip addr del 192.168.1.254/24 dev box-network");
    assert.deepEqual(holder("gateway-5", true), [0, 0]);
  });

  it("count what the NAT gateway and the firewall refuse, by reason", () => {
    const before = told(host("gateway-4"), "refused");
    network.outside.run("ip route add 192.168.1.0/24 via 192.168.2.14");
    network.outside.run("for n in 1 2 3; do echo | socat -u - UDP-SENDTO:192.168.1.51:4444; done");
    network.outside.run("timeout 1 socat -u - TCP:192.168.2.14:4444,connect-timeout=1 </dev/null");
    const after = told(host("gateway-4"), "refused");
    const more = (key: string) => after[key]! - before[key]!;
    assert.equal(more('refused_packets_total{place="nat",reason="refused_forward"}'), 3);
    assert.ok(more('refused_packets_total{place="firewall",reason="refused_input"}') >= 1);
    assert.equal(more('refused_packets_total{place="nat",reason="refused_box"}'), 0);
  });

  it("tell whether conntrackd hears the other gateway", async () => {
    const sync = () => told(host("gateway-5"), "conntrackd")["conntrackd_in_sync"];
    host("gateway-5").run(`rm -f ${notes}/conntrackd.heard`);
    assert.equal(sync(), undefined);
    await pause(6000);
    assert.equal(sync(), 1);
    assert.equal(told(host("gateway-5"), "conntrackd")["conntrackd_lost_messages_total"], 0);
    host("gateway-4").run("systemctl stop conntrackd.service");
    await pause(6000);
    // What arrived before it was stopped counts once more.
    sync();
    await pause(6000);
    assert.equal(sync(), 0);
    host("gateway-4").run("systemctl start conntrackd.service");
    host("gateway-5").run("systemctl stop conntrackd.service");
    assert.equal(sync(), 0);
    host("gateway-5").run("systemctl start conntrackd.service");
    assertWellFormed(host("gateway-5"));
  });

  it("cost less than a hundredth of a core", () => {
    const runs = 10;
    const { stdout } = host("gateway-4").run(
      `rm -f ${textfiles}/*; for n in $(seq ${runs}); do touch -d '-1 hour' ${textfiles}/*.prom; perl /etc/gatebox/metrics/scripts/collect; done >/dev/null 2>&1; times`,
    );
    // The second line of `times` is the children's: user and system, as 0m0.51s 0m0.12s.
    const seconds = [...stdout.split("\n")[1]!.matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, m, s]) => Number(m) * 60 + Number(s),
    );
    const each = seconds.reduce((sum, one) => sum + one, 0) / runs;
    assert.ok(each < 0.15, `${each} s of 15 s`);
  });

  it("leave nothing when they are removed", () => {
    const tree = metricsTree(box, haHost("gateway-5"), others);
    assert.notEqual(host("gateway-5").run(`ls ${textfiles}`).stdout, "");
    const { code, stderr } = host("gateway-5").apply("metrics", tree, ["deactivate"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(
      host("gateway-5").run(`ls -A ${textfiles}; ls -d ${notes} 2>/dev/null; ls /run/supervise | grep metrics`).stdout,
      "",
    );
  });
});
