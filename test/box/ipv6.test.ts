import assert from "node:assert/strict";
import fc from "fast-check";
import { exposeService, readBox, writtenBox, type Box } from "../../box/index.ts";
import { canonicalAddress, containsIpv6, ipv6Number, ipv6Prefix, ipv6RangeOf, ipv6Text } from "../../box/ipv6.ts";
import { parseProtobox } from "./parsing.ts";

const vip = { pool: "webservers-pool", network: "public-network", virtualRouterId: 1 };

/** The Protobox with an IPv6 VIP for clients, its addresses not written as RFC 5952 says. */
const dual = (changes: Readonly<Record<string, unknown>> = {}): Box =>
  parseProtobox({
    "networks.public-network": { cidr: "192.168.0.0/24", ipv6: "FD00:0:0:000A::/64" },
    "hosts.webserver-1.addresses6": { "public-network": "fd00:0:0:A:0::30" },
    "hosts.webserver-2.addresses6": { "public-network": "fd00::a:0:0:0:32" },
    "virtualIps.edge6": {
      ...vip,
      address: "FD00:0:0:A:0:0:0:33",
      priorities: { "webserver-1": 200, "webserver-2": 100 },
    },
    ...changes,
  });

describe("IPv6 in the model", () => {
  it("is written in one way, as RFC 5952 says", () => {
    const box = dual();
    assert.deepEqual(box.networks["public-network"], {
      name: "public-network",
      cidr: "192.168.0.0/24",
      ipv6: "fd00:0:0:a::/64",
    });
    assert.deepEqual(box.hosts["webserver-1"]?.addresses6, { "public-network": "fd00:0:0:a::30" });
    assert.deepEqual(box.hosts["webserver-2"]?.addresses6, { "public-network": "fd00:0:0:a::32" });
    const { address, prefixLength, virtualRouterId } = box.virtualIps["edge6"] ?? {};
    assert.deepEqual([address, prefixLength, virtualRouterId], ["fd00:0:0:a::33", 64, 1]);
  });

  it("changes nothing of IPv4: one number for both families, and every other part as before", () => {
    const { networks, hosts, virtualIps, ...rest } = dual();
    const without = parseProtobox();
    const { edge6, ...others } = virtualIps;
    assert.equal(edge6?.virtualRouterId, others["edge"]?.virtualRouterId);
    assert.deepEqual(others, without.virtualIps);
    assert.deepEqual(rest, Object.fromEntries(Object.keys(rest).map((key) => [key, without[key as keyof Box]])));
    assert.deepEqual(hosts["gateway-1"], without.hosts["gateway-1"]);
    assert.deepEqual(networks["box-network"], without.networks["box-network"]);
  });

  it("is left out where nothing is said, also of a network that is written as a mapping", () => {
    const box = parseProtobox({ "networks.box-network": { cidr: "192.168.1.0/24" } });
    assert.deepEqual(box, parseProtobox());
    assert.ok(!("addresses6" in (box.hosts["webserver-1"] ?? {})));
  });

  it("moves together with IPv4, also when the IPv6 VIP leads", () => {
    const { edge6 } = dual({ "virtualIps.edge6": { ...vip, address: "fd00:0:0:a::33", syncGroup: "edge" } }).virtualIps;
    assert.equal(edge6?.syncGroup, "edge");
    assert.equal(dual({ "virtualIps.edge.syncGroup": "edge6" }).virtualIps["edge"]?.syncGroup, "edge6");
  });

  it("comes through to another stack", () => {
    const box = readBox(JSON.parse(JSON.stringify(writtenBox(dual()))));
    assert.deepEqual(box, dual());
    const wiki = { app: { port: 30170, namespace: "wiki", targetPort: 8080 } };
    assert.equal(exposeService(box, "wiki", wiki).gateway.port, 30170);
  });
});

describe("IPv6 addresses", () => {
  // Zeros are what the short form is about: half of the groups are zero.
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });

  it("are the same number in whatever way they are written, and the same text from it", () => {
    fc.assert(
      fc.property(groups, (numbers) => {
        const long = numbers.map((one) => one.toString(16).toUpperCase().padStart(4, "0")).join(":");
        const short = canonicalAddress(long);
        const value = numbers.reduce((sum, one) => sum * 65_536n + BigInt(one), 0n);
        assert.equal(ipv6Number(long), value);
        assert.equal(ipv6Number(short), value);
        assert.equal(ipv6Text(value), short);
      }),
    );
  });

  it("lie in the prefix of each of their lengths, and in no other", () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 128 }), (numbers, length) => {
        const address = numbers.map((one) => one.toString(16)).join(":");
        const range = ipv6RangeOf(`${address}/${length}`);
        assert.ok(containsIpv6(range, address));
        assert.equal(range.last - range.first + 1n, 2n ** BigInt(128 - length));
        assert.ok(!containsIpv6(range, ipv6Text(ipv6Number(address) ^ (1n << BigInt(128 - length)))));
        assert.deepEqual(ipv6RangeOf(ipv6Prefix(range)), range);
      }),
    );
  });

  it("are shortened as RFC 5952, 4.2 says", () => {
    for (const [long, short] of [
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["2001:DB8::AAAA", "2001:db8::aaaa"],
      ["192.168.0.1", "192.168.0.1"],
    ] as const)
      assert.equal(canonicalAddress(long), short);
  });
});
