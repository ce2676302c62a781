import assert from "node:assert/strict";
import fc from "fast-check";
import { addressNumber, addressText } from "../../box/ipv4.ts";
import { dnsmasqConfiguration, dnsmasqLeases, dnsmasqServers, hostsLine } from "../../render/dnsmasq/configuration.ts";
import { splitRange } from "../../render/dnsmasq/ranges.ts";
import { registry } from "../../render/registry.ts";
import { assertGolden } from "./golden.ts";
import { dnsBox, dnsmasqTree, sampleDns, twoServers, wholeDns } from "./sampleDns.ts";

const assembly = registry.assemblies.find(({ name }) => name === "dns")!;

describe("render/dnsmasq", () => {
  const box = dnsBox();

  it("reads like the real thing", () => {
    const golden = dnsmasqTree(box).filter(({ path }) => !/^scripts|lifecycle\/(?:check|activate|probe|deactivate)|interfaces\.used/.test(path)); // prettier-ignore
    assert.deepEqual(
      golden.map(({ path }) => path),
      [
        "dnsmasq.conf",
        "servers",
        "hosts",
        "leases",
        "systemd/gatebox-dns.service",
        "lifecycle/settings",
        "lifecycle/links",
      ],
    );
    for (const { path, text } of golden) assertGolden(`dns/${path}`, text);
  });

  it("speaks no DHCP, asks nobody and believes no private answer unless it is told to", () => {
    const least = dnsBox(sampleDns);
    const text = dnsmasqConfiguration(least, least.hosts["supervisor-1"]!);
    assert.doesNotMatch(text, /dhcp|rebind-domain-ok|^server=/m);
    assert.match(text, /^stop-dns-rebind$/m);
    assert.equal(dnsmasqServers(least.dns!), "server=/protobox/\nserver=/kube.plane.box/\nserver=/protobox.test/\n");
    assert.equal(dnsmasqLeases(least.dns!), "");
  });

  it("is on its hosts alone, open to its networks alone, to clients without an address for leases", () => {
    const hostsOf = (one: typeof box) => Object.values(one.hosts).filter((host) => registry.assembliesOf(one, host).includes(assembly)).map(({ name }) => name); // prettier-ignore
    assert.deepEqual(hostsOf(box), ["supervisor-1"]);
    assert.deepEqual(hostsOf(dnsBox({}, { dns: undefined })), []);
    const open = (one: typeof box, host: string) => assembly.ports!(one, one.hosts[host]!).map((port) => ("port" in port ? `${port.protocol} ${JSON.stringify(port.port)} ${port.network} ${port.from?.join(",") ?? ""}` : "")); // prettier-ignore
    assert.deepEqual(open(box, "supervisor-1"), [
      "udp 53 box-network 192.168.1.0/24",
      "tcp 53 box-network 192.168.1.0/24",
      "udp 67 box-network 0.0.0.0,192.168.1.0/24",
    ]);
    assert.deepEqual(open(dnsBox(sampleDns), "supervisor-1").length, 2);
  });

  it("of two hosts each gives out a part of the range, denies no lease of the other's, and names both", () => {
    const two = dnsBox(...twoServers);
    const [one = "", other = ""] = ["gateway-4", "gateway-5"].map((host) =>
      dnsmasqConfiguration(two, two.hosts[host]!),
    );
    assert.match(one, /^dhcp-range=set:box-network,192\.168\.1\.100,192\.168\.1\.149,255\.255\.255\.0,60m$/m);
    assert.match(other, /^dhcp-range=set:box-network,192\.168\.1\.150,192\.168\.1\.199,255\.255\.255\.0,60m$/m);
    for (const text of [one, other]) {
      assert.doesNotMatch(text, /authoritative/);
      assert.match(text, /^dhcp-option=tag:box-network,option:dns-server,192\.168\.1\.14,192\.168\.1\.15$/m);
    }
    assert.match(one, /^listen-address=192\.168\.2\.14\nlisten-address=192\.168\.1\.14$/m);
    assert.match(dnsmasqConfiguration(box, box.hosts["supervisor-1"]!), /^dhcp-authoritative$/m);
  });

  it("tells clients of no router where none is declared: they would take the name server for it", () => {
    const none = dnsBox({ ...wholeDns, dhcp: { "box-network": {} } });
    const text = dnsmasqConfiguration(none, none.hosts["supervisor-1"]!);
    assert.match(text, /^dhcp-option=tag:box-network,option:router$/m);
    assert.match(text, /^dhcp-range=set:box-network,192\.168\.1\.0,static,255\.255\.255\.0,720m$/m);
  });

  it("shares any range so that each address is one server's, and none is nobody's", () => {
    const number = fc.integer({ min: addressNumber("10.0.0.1"), max: addressNumber("10.0.255.254") });
    fc.assert(
      fc.property(number, fc.nat({ max: 5000 }), fc.constantFrom(1, 2), (from, more, servers) => {
        const range = { first: addressText(from), last: addressText(from + more) };
        if (more + 1 < servers) {
          assert.throws(() => splitRange(range, servers, 0));
          return;
        }
        const parts = [...Array(servers).keys()].map((place) => splitRange(range, servers, place));
        assert.equal(parts[0]?.first, range.first);
        assert.equal(parts.at(-1)?.last, range.last);
        for (const [index, part] of parts.entries()) {
          assert.ok(addressNumber(part.first) <= addressNumber(part.last));
          const next = parts[index + 1];
          if (next !== undefined) assert.equal(addressNumber(next.first), addressNumber(part.last) + 1);
        }
      }),
    );
  });

  it("refuses what would break out of its line", () => {
    for (const evil of ["a b", "a\nserver=10.0.0.1", "a/10.0.0.1", ""]) assert.throws(() => hostsLine("10.0.0.1", evil), JSON.stringify(evil)); // prettier-ignore
    assert.throws(() => hostsLine("10.0.0.1 x", "a"));
    for (const server of ["9.9.9.9\nserver=10.0.0.1", "9.9.9.9#53#54", "9.9.9.9#x", "x"])
      assert.throws(() => dnsmasqServers({ ...box.dns!, forwarders: [server] }), JSON.stringify(server));
    const lease = { host: "gateway-1", macAddress: "02:67:c0:a8:01:0b,x", address: "192.168.1.11" };
    assert.throws(() => dnsmasqLeases({ ...box.dns!, dhcp: { "box-network": { leases: [lease], leaseMinutes: 60 } } }));
  });
});
