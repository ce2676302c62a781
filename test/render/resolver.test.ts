import assert from "node:assert/strict";
import { registry } from "../../render/registry.ts";
import { assertGolden } from "./golden.ts";
import { dnsBox, resolverTree, sampleDns, twoServers } from "./sampleDns.ts";
import { textOf } from "./sampleNetwork.ts";

describe("render/resolver", () => {
  const box = dnsBox();

  it("is on every host that the stack configures, and on none without name servers", () => {
    const hostsWith = (one: typeof box, name: string) => Object.values(one.hosts).filter((host) => registry.assembliesOf(one, host).some((each) => each.name === name)); // prettier-ignore
    assert.deepEqual(hostsWith(box, "resolver"), hostsWith(box, "firewall"));
    assert.ok(hostsWith(box, "resolver").length > 8);
    assert.deepEqual(hostsWith(dnsBox({}, { dns: undefined }), "resolver"), []);
  });

  for (const host of ["gateway-1", "supervisor-1", "webserver-1"])
    it(`reads like the real thing on ${host}`, () => {
      for (const path of ["hosts", "resolv.conf", "lifecycle/settings"]) {
        const text = textOf(resolverTree(box, host), path);
        if (text !== "") assertGolden(`resolver/${host}/${path}`, text);
      }
    });

  it("gives each host the address of another on a network that both are on", () => {
    const hosts = (of: string) => textOf(resolverTree(box, of), "hosts");
    assert.match(hosts("gateway-4"), /^192\.168\.1\.11 gateway-1\.protobox gateway-1$/m);
    assert.match(hosts("webserver-1"), /^192\.168\.2\.11 gateway-1\.protobox gateway-1$/m);
    for (const host of ["gateway-4", "webserver-1"]) assert.equal(hosts(host).match(/ gateway-1\./g)?.length, 1);
  });

  it("keeps the resolver of a host that is on none of the networks", () => {
    assert.equal(textOf(resolverTree(box, "webserver-1"), "resolv.conf"), "");
  });

  it("asks the name server on the host itself first, then the other, then one beyond the box, and no more than three", () => {
    const two = dnsBox({ ...twoServers[0], forwarders: ["192.168.9.9#5353", "9.9.9.9", "1.1.1.1"] });
    const servers = (host: string) => textOf(resolverTree(two, host), "resolv.conf").match(/^nameserver .*$/gm);
    assert.deepEqual(servers("gateway-5"), [
      "nameserver 192.168.2.15",
      "nameserver 192.168.2.14",
      "nameserver 9.9.9.9",
    ]);
    assert.deepEqual(servers("webserver-1"), [
      "nameserver 192.168.2.14",
      "nameserver 192.168.2.15",
      "nameserver 9.9.9.9",
    ]);
    // supervisor-1 is on the second of the networks alone.
    assert.deepEqual(servers("supervisor-1"), ["nameserver 192.168.1.14", "nameserver 192.168.1.15", "nameserver 9.9.9.9"]); // prettier-ignore
    const alone = dnsBox(sampleDns);
    assert.equal(textOf(resolverTree(alone, "gateway-1"), "resolv.conf").match(/^nameserver/gm)?.length, 1);
  });
});
