import assert from "node:assert/strict";
import { drainScript, trafficOf } from "../../render/drained/index.ts";
import { drainedRules } from "../../render/drained/rules.ts";
import { registry } from "../../render/registry.ts";
import { parseProtobox } from "../box/parsing.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";

describe("render: a host that is drained", () => {
  const box = parseProtobox();
  const traffic = (name: string, of = box) => trafficOf(of, of.hosts[name] ?? assert.fail(name), registry);

  it("is a web server at its own address and at the virtual IPs on its clients' network", () => {
    assert.deepEqual(traffic("webserver-1"), {
      own: [{ address: "192.168.0.30", ports: [80, 443], allBut: false }],
      virtual: ["192.168.0.33", "192.168.0.34"].map((address) => ({ address, ports: [80, 443], allBut: false })),
      reloads: ["nginx.service"],
      assemblies: ["webserver", "nat", "vip"],
    });
  });

  it("is a gateway on all ports that nobody else has: routes of other stacks are among them", () => {
    const { own, reloads } = traffic("gateway-1");
    assert.deepEqual(own, [{ address: "192.168.2.11", ports: [22], allBut: true }]);
    assert.deepEqual(reloads, ["haproxy.service"]);
  });

  it("is a NAT gateway by its virtual IPs alone", () => {
    assert.deepEqual(traffic("gateway-4"), { own: [], virtual: [], reloads: [], assemblies: ["nat", "vip"] });
  });

  it("is a load balancer of the API at its virtual IP, and reloads nothing", () => {
    const { virtual, reloads, assemblies } = traffic("master-1", parseProtobox(controlPlaneChanges()));
    assert.deepEqual(virtual.map(({ ports }) => ports), [[6442]]); // prettier-ignore
    assert.deepEqual([reloads, assemblies], [[], ["control-plane", "vip"]]);
  });

  it("is none that has neither clients nor virtual IPs", () => {
    assert.deepEqual(traffic("supervisor-1"), { own: [], virtual: [], reloads: [], assemblies: [] });
  });

  it("refuses by a rule for each address, of either family", () => {
    const rules = drainedRules({
      own: [
        { address: "192.168.0.30", ports: [80, 443], allBut: false },
        { address: "fd00::30", ports: [80, 443], allBut: false },
      ],
      virtual: [{ address: "192.168.2.10", ports: [22, 9100], allBut: true }],
    });
    for (const rule of [
      "ip daddr 192.168.0.30 tcp dport { 80, 443 } tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset",
      "ip6 daddr fd00::30 tcp dport { 80, 443 } tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset",
      "ip daddr 192.168.2.10 ip daddr @held4 tcp dport != { 22, 9100 } tcp flags & (fin | syn | rst | ack) == syn drop",
    ])
      assert.ok(rules.includes(`        ${rule}\n`), rules);
  });

  it("lets nothing break out of a rule or a setting", () => {
    for (const address of ["192.168.0.30 accept", "x", "fd00::30;"]) {
      const own = [{ address, ports: [80], allBut: false }];
      assert.throws(() => drainedRules({ own, virtual: [] }), /is not an IP address/);
      assert.throws(
        () => drainScript({ own, virtual: [], reloads: [], assemblies: [] }, false),
        /is not an IP address/,
      );
    }
    assert.throws(() => drainedRules({ own: [{ address: "192.168.0.30", ports: [0], allBut: false }], virtual: [] }), /is not a port/); // prettier-ignore
    const traffic = { own: [], virtual: [], reloads: ["a; b"], assemblies: [] };
    assert.throws(() => drainScript(traffic, false), /unit to reload: "a; b"/);
  });
});
