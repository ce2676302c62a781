import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostNetworkFiles, hostNetworkPackages } from "../../render/hostNetwork.ts";
import { netplan, networkDropIn, networkDropInFile } from "../../render/netplan.ts";
import type { NetplanInterface } from "../../render/netplan.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { check, checkScript, withTree } from "./checkers.ts";
import type { Verdict } from "./checkers.ts";
import { assertGolden } from "./golden.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";
import { networkBox, networkHost } from "./sampleNetwork.ts";

const trees = {
  "gateway-4": hostNetworkFiles(networkBox(), networkHost("gateway-4")),
  "webserver-1": hostNetworkFiles(
    networkBox({ nameservers: ["192.168.0.53", "2001:db8::53"], replaces: ["/etc/netplan/50-cloud-init.yaml"] }),
    networkHost("webserver-1"),
  ),
};
const textOf = (files: readonly TreeFile[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? "";

interface Generated extends Verdict {
  /** What netplan wrote for networkd and udev, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** `netplan generate` on this one file, in a root of its own: the machine's own network is never touched. */
function generate(yaml: string): Generated {
  return withTree([{ path: "etc/netplan/60-gatebox.yaml", mode: "0600", text: yaml }], (root) => {
    const verdict = check("netplan", ["generate", "--root-dir", root]);
    const directory = join(root, "run/systemd/network");
    const names = verdict.ok ? readdirSync(directory) : [];
    const files = names.map((name) => [name, readFileSync(join(directory, name), "utf8")] as const);
    return { ...verdict, files: Object.fromEntries(files) };
  });
}

const one: NetplanInterface = {
  name: "box-network",
  ether: "02:67:c0:a8:01:0e",
  addresses: ["192.168.1.14/24"],
  defaultGateway: [],
  nameservers: [],
};

describe("render/hostNetwork", () => {
  for (const [host, files] of Object.entries(trees)) {
    it(`reads like the real thing on ${host}`, () => {
      for (const file of files) {
        if (/^netplan\/|\.list$|-network\.conf$/.test(file.path))
          assertGolden(`network/${host}/${file.path}`, file.text);
        else if (host === "gateway-4") assertGolden(`network/${file.path}`, file.text);
      }
    });

    it(`has netplan find each interface by its card, name it, and give it these addresses on ${host}`, () => {
      const { ok, words, files: generated } = generate(textOf(files, "netplan/60-gatebox.yaml"));
      assert.deepEqual({ ok, words }, { ok: true, words: "" });
      for (const [name, text] of Object.entries(generated)) assertGolden(`network/${host}/generated/${name}`, text);
      const { addresses, macAddresses } = networkHost(host);
      for (const [network, address] of Object.entries(addresses)) {
        const link = generated[`10-netplan-${network}.link`] ?? "";
        assert.match(link, new RegExp(`^\\[Match\\]\\nPermanentMACAddress=${macAddresses?.[network]}\\n`));
        assert.match(link, new RegExp(`^Name=${network}$`, "m"));
        const text = generated[`10-netplan-${network}.network`] ?? "";
        assert.deepEqual(text.match(/^Address=.*$/gm), [`Address=${address}/24`]);
        assert.match(text, /^IPv6AcceptRA=no$/m);
        assert.match(text, /^ConfigureWithoutCarrier=yes$/m);
        assert.doesNotMatch(text, /^DHCP=(?!no)/m);
      }
      assert.equal(Object.keys(generated).length, 2 * Object.keys(addresses).length);
    });

    it(`has scripts for any POSIX shell on ${host}`, () => {
      for (const file of files.filter(({ text }) => text.startsWith("#!")))
        assert.deepEqual(checkScript(file.text), { ok: true, words: "" }, file.path);
    });

    it(`brings every script that the runtime calls on ${host}, and every file that goes elsewhere`, () => {
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

  it("leads out over the one interface that the next machine is on", () => {
    const { files } = generate(textOf(trees["gateway-4"], "netplan/60-gatebox.yaml"));
    assert.match(
      files["10-netplan-gateway-network.network"] ?? "",
      /\[Route\]\nDestination=0\.0\.0\.0\/0\nGateway=192\.168\.2\.254\nPreferredSource=192\.168\.2\.14\n/,
    );
    assert.doesNotMatch(files["10-netplan-box-network.network"] ?? "", /Route/);
    assert.equal(textOf(trees["gateway-4"], "default.list"), "192.168.2.254 gateway-network 192.168.2.14\n");
    assert.equal(textOf(trees["webserver-1"], "default.list"), "");
  });

  it("takes a host's own names of interfaces", () => {
    const host = networkHost("gateway-4", { interfaces: { "gateway-network": "ens19", "box-network": "ens20" } });
    const files = hostNetworkFiles(networkBox(), host);
    const generated = generate(textOf(files, "netplan/60-gatebox.yaml")).files;
    assert.match(generated["10-netplan-ens19.link"] ?? "", /^Name=ens19$/m);
    assert.match(textOf(files, "files.list"), / \/etc\/systemd\/network\/10-netplan-ens20\.network\.d\/gatebox\.conf /);
  });

  it("has room for IPv6 beside IPv4", () => {
    const both = {
      ...one,
      addresses: ["192.168.1.14/24", "2001:db8:1::e/64"],
      defaultGateway: ["192.168.1.254", "2001:db8:1::fe"],
    };
    const { ok, words, files } = generate(netplan([both]));
    assert.deepEqual({ ok, words }, { ok: true, words: "" });
    const text = files["10-netplan-box-network.network"] ?? "";
    assert.deepEqual(text.match(/^(?:Address|Gateway)=.*$/gm), [
      "Address=192.168.1.14/24",
      "Address=2001:db8:1::e/64",
      "Gateway=192.168.1.254",
      "Gateway=2001:db8:1::fe",
    ]);
  });

  it("gives a host its IPv6 addresses, each on its network", () => {
    const { networks } = ipv6Box();
    const { addresses6 = {} } = ipv6Host("webserver-1");
    const files = hostNetworkFiles({ ...networkBox(), networks }, networkHost("webserver-1", { addresses6 }));
    assert.match(textOf(files, "interfaces.list"), /^public-network \S+ 192\.168\.0\.30\/24 fd00:0:0:a::30\/64$/m);
    assert.match(textOf(files, "interfaces.list"), /^gateway-network \S+ 192\.168\.2\.1\/24$/m);
    assert.throws(
      () => hostNetworkFiles(networkBox(), networkHost("webserver-1", { addresses6 })),
      /public-network has no IPv6 prefix/,
    );
  });

  it("is refused by netplan when it is wrong, so that the tests above can fail", () => {
    const { ok, words } = generate(netplan([one]).replace("192.168.1.14/24", "192.168.1.14/240"));
    assert.equal(ok, false);
    assert.match(words, /192\.168\.1\.14\/240/);
  });

  it("keeps the addresses of others, whatever card the host has", () => {
    assert.equal(networkDropInFile("ens19"), "/etc/systemd/network/10-netplan-ens19.network.d/gatebox.conf");
    assert.match(networkDropIn(one), /^\[Match\]\nPermanentMACAddress=\nMACAddress=02:67:c0:a8:01:0e$/m);
    assert.match(networkDropIn(one), /^\[Network\]\nKeepConfiguration=static$/m);
  });

  it("throws for what the model never lets through", () => {
    const wrong = (change: Partial<NetplanInterface>) => () => netplan([{ ...one, ...change }]);
    assert.throws(wrong({ name: "a name" }), /not an interface name/);
    assert.throws(wrong({ ether: "02:67:C0:A8:01:0E" }), /is no hardware address/);
    assert.throws(wrong({ addresses: [] }), /there is no address/);
    assert.throws(wrong({ addresses: ["192.168.1.14"] }), /with the length of its network's prefix/);
    assert.throws(wrong({ addresses: ["192.168.1.14/33"] }), /with the length of its network's prefix/);
    assert.throws(wrong({ addresses: ['1"/24'] }), /is not an IP address/);
    assert.throws(wrong({ defaultGateway: ["192.168.1.1", "192.168.1.2"] }), /two default routes of one family/);
    assert.throws(wrong({ nameservers: ["ns"] }), /is not an IP address/);
    assert.throws(() => netplan([one, { ...one, name: "other" }]), /two interfaces have one ether/);
    assert.throws(() => netplan([one, { ...one, ether: "02:67:c0:a8:01:0f" }]), /two interfaces have one name/);
    assert.throws(() => netplan([]), /there is no interface/);
    assert.throws(
      () => hostNetworkFiles(networkBox(), networkHost("gateway-4", { macAddresses: {} })),
      /macAddresses of gateway-4/,
    );
  });

  it("names the packages whose programs it calls, and no others", () => {
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
    assert.deepEqual(hostNetworkPackages.toSorted(), called.map(([, name]) => name).toSorted());
  });
});
