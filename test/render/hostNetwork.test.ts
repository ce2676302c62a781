import assert from "node:assert/strict";
import { networkAssembly } from "../../render/network/index.ts";
import { netplan } from "../../render/network/netplan.ts";
import type { NetplanInterface } from "../../render/network/netplan.ts";
import { networkDropIn, networkDropInFile } from "../../render/network/networkd.ts";
import { packagesOf } from "../../render/registryOf.ts";
import { assertGolden } from "./golden.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";
import {
  networkBox,
  networkFiles,
  networkHost,
  networkTrees as trees,
  oneInterface as one,
  textOf,
} from "./sampleNetwork.ts";

describe("render/network", () => {
  for (const [host, files] of Object.entries(trees)) {
    it(`tree of ${host} reads like the real thing`, () => {
      for (const file of files) {
        if (/^netplan\/|\.list$|-network\.conf$/.test(file.path))
          assertGolden(`network/${host}/${file.path}`, file.text);
        else if (host === "gateway-4" && !/^lifecycle\//.test(file.path))
          assertGolden(`network/${file.path}`, file.text);
      }
    });

    it(`tree of ${host} has every script that the runtime calls, and every file that goes elsewhere`, () => {
      for (const script of ["check", "activate", "probe", "deactivate", "guard"])
        assert.notEqual(textOf(files, `lifecycle/${script}`), "", script);
      for (const line of textOf(files, "files.list").trimEnd().split("\n")) {
        const [source = "", place = "", mode] = line.split(" ");
        const file = files.find(({ path }) => path === source);
        assert.equal(file?.mode, mode, line);
        // By this word the host knows the files that it may replace.
        assert.match(file?.text ?? "", /Gatebox/, line);
        assert.match(place, /^\/etc\//);
      }
    });
  }

  it("default route is by the one interface that the gateway's network is on", () => {
    assert.equal(textOf(trees["gateway-4"], "default.list"), "192.168.2.254 gateway-network 192.168.2.14\n");
    assert.equal(textOf(trees["webserver-1"], "default.list"), "");
  });

  it("drop-ins of networkd stand where a host's own names of interfaces have them", () => {
    const host = networkHost("gateway-4", { interfaces: { "gateway-network": "ens19", "box-network": "ens20" } });
    const files = networkFiles(networkBox(), host);
    assert.match(textOf(files, "files.list"), / \/etc\/systemd\/network\/10-netplan-ens20\.network\.d\/gatebox\.conf /);
  });

  it("addresses of IPv6 are each on their network", () => {
    const { networks } = ipv6Box();
    const { addresses6 = {} } = ipv6Host("webserver-1");
    const files = networkFiles({ ...networkBox(), networks }, networkHost("webserver-1", { addresses6 }));
    assert.match(textOf(files, "interfaces.list"), /^public-network \S+ 192\.168\.0\.30\/24 fd00:0:0:a::30\/64$/m);
    assert.match(textOf(files, "interfaces.list"), /^gateway-network \S+ 192\.168\.2\.1\/24$/m);
    assert.throws(
      () => networkFiles(networkBox(), networkHost("webserver-1", { addresses6 })),
      /public-network has no IPv6 prefix/,
    );
  });

  it("drop-in of networkd keeps the addresses of others, whatever NIC the host has", () => {
    assert.equal(networkDropInFile("ens19"), "/etc/systemd/network/10-netplan-ens19.network.d/gatebox.conf");
    assert.match(networkDropIn(one), /^\[Match\]\nPermanentMACAddress=\nMACAddress=02:67:c0:a8:01:0e$/m);
    assert.match(networkDropIn(one), /^\[Network\]\nKeepConfiguration=static$/m);
  });

  it("netplan throws for what the model never lets through", () => {
    const wrong = (change: Partial<NetplanInterface>) => () => netplan([{ ...one, ...change }]);
    assert.throws(wrong({ name: "a name" }), /not an interface name/);
    assert.throws(wrong({ macAddress: "02:67:C0:A8:01:0E" }), /is no hardware address/);
    assert.throws(wrong({ addresses: [] }), /there is no address/);
    assert.throws(wrong({ addresses: ["192.168.1.14"] }), /with the length of its network's prefix/);
    assert.throws(wrong({ addresses: ["192.168.1.14/33"] }), /with the length of its network's prefix/);
    assert.throws(wrong({ addresses: ['1"/24'] }), /is not an IP address/);
    assert.throws(wrong({ defaultGateways: ["192.168.1.1", "192.168.1.2"] }), /two default routes of one family/);
    assert.throws(wrong({ nameservers: ["ns"] }), /is not an IP address/);
    assert.throws(() => netplan([one, { ...one, name: "other" }]), /two interfaces have one hardware address/);
    assert.throws(() => netplan([one, { ...one, macAddress: "02:67:c0:a8:01:0f" }]), /two interfaces have one name/);
    assert.throws(() => netplan([]), /there is no interface/);
    assert.throws(
      () => networkFiles(networkBox(), networkHost("gateway-4", { macAddresses: {} })),
      /macAddresses of gateway-4/,
    );
  });

  it("pools are those whose networks are written, and no port is open for it", () => {
    assert.deepEqual(networkAssembly.pools(networkBox()), ["nat_gateway_pool"]);
    assert.equal(networkAssembly.ports, undefined);
  });

  it("packages are those whose programs the scripts call, and no others", () => {
    const programs = {
      netplan: "netplan.io",
      // It asks networkd over the bus.
      networkctl: "dbus",
      ip: "iproute2",
      arping: "iputils-arping",
      sysctl: "procps",
    };
    const lines = trees["gateway-4"].flatMap(({ text }) => (text.startsWith("#!") ? text.split("\n") : []));
    const called = Object.entries(programs).filter(([program]) =>
      lines.some((line) => new RegExp(`(?:^|[(|;]|\\btimeout \\d+) *${program} `).test(line)),
    );
    assert.deepEqual(packagesOf(networkAssembly.programs).packages, called.map(([, name]) => name).toSorted());
  });
});
