import assert from "node:assert/strict";
import { haBox, haHost, natFiles, natGateways, virtualIps } from "./sampleHa.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { Segment } from "./sandbox/segment.ts";

/** A host that forwards for others (containers, say) before it becomes a NAT gateway. */
describe("render: a NAT gateway that goes", function () {
  this.timeout(60_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
  });
  const keys = [
    ...["ip_forward", "conf/all/rp_filter", "conf/all/accept_redirects", "conf/default/send_redirects"],
    ...["conf/box-network/send_redirects"],
  ].map((key) => `net/ipv4/${key}`);
  const conntrack = ["tcp_be_liberal", "tcp_loose", "tcp_timeout_established"].map(
    (key) => `net/netfilter/nf_conntrack_${key}`,
  );
  let host: Sandbox;
  let segments: Segment[];
  const values = (): string => host.run([...keys, ...conntrack].map((key) => `cat /proc/sys/${key}`).join("; ")).stdout;
  const deactivate = (): void => {
    const { code, stderr } = host.run(
      `cd "$(readlink -f /etc/gatebox/nat)" && TREE=$(pwd) CURRENT=/etc/gatebox/nat PREVIOUS='' sh -eu lifecycle/deactivate && rm -f /etc/gatebox/nat`,
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  };

  beforeEach(async () => {
    segments = await Promise.all(["box-network", "gateway-network"].map((network) => Segment.make(network)));
    host = await Sandbox.make([]);
    const [boxNetwork, gatewayNetwork] = segments as [Segment, Segment];
    const { addresses } = haHost("gateway-4");
    boxNetwork.join(host, addresses["box-network"]!);
    gatewayNetwork.join(host, addresses["gateway-network"]!);
    // Makes the kernel track connections, as others on this host would.
    host.run(
      "nft 'add table ip others; add chain ip others all { type filter hook forward priority 0; ct state new accept; }'",
    );
  });
  afterEach(async () => {
    await host.remove();
    for (const segment of segments) segment.remove();
  });

  for (const [what, forwards] of [
    ["forwarded for others", "1"],
    ["did not forward", "0"],
  ] as const) {
    it(`leaves a host that ${what} as it was, also when it never came to be`, () => {
      host.run(`sysctl -qw net.ipv4.ip_forward=${forwards} net.ipv4.conf.all.rp_filter=1`);
      const before = values();
      const files = natFiles(box, haHost("gateway-4"));
      const { code, stderr } = host.apply("nat", files, ["check", "activate"]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.notEqual(values(), before);
      deactivate();
      assert.equal(values(), before);
      assert.deepEqual(host.run("nft list table inet gatebox_nat; ls /var/lib/gatebox/nat").stdout, "generations");
    });
  }

  it("remembers over a boot and over changes, and gives a setting back that is no longer declared", () => {
    host.run("sysctl -qw net.ipv4.ip_forward=1");
    const before = values();
    const files = natFiles(box, haHost("gateway-4"));
    host.apply("nat", files, ["activate"]);
    host.run("rm -rf /run/gatebox/nat");
    const alone = files.map((file) =>
      file.path === "sysctl/nat.conf" ? { ...file, text: file.text.replace(/.*tcp_loose.*\n/, "") } : file,
    );
    const loose = (): string => host.run("cat /proc/sys/net/netfilter/nf_conntrack_tcp_loose").stdout;
    assert.equal(loose(), "0");
    host.apply("nat", alone, ["activate"]);
    assert.equal(loose(), "1");
    host.apply("nat", files, ["activate"]);
    assert.equal(loose(), "0");
    deactivate();
    assert.equal(values(), before);
  });
});
