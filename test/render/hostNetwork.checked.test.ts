import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { netplan } from "../../render/network/netplan.ts";
import { check, withTree } from "./checkers.ts";
import type { Verdict } from "./checkers.ts";
import { assertGolden } from "./golden.ts";
import {
  networkBox,
  networkFiles,
  networkHost,
  networkTrees as trees,
  oneInterface as one,
  textOf,
} from "./sampleNetwork.ts";

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

describe("render/network, by netplan's own generator", () => {
  for (const [host, files] of Object.entries(trees)) {
    it(`interfaces of ${host} are found by their hardware addresses, named, and given these addresses`, () => {
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
  }

  it("default route is by the one interface that the gateway's network is on", () => {
    const { files } = generate(textOf(trees["gateway-4"], "netplan/60-gatebox.yaml"));
    assert.match(
      files["10-netplan-gateway-network.network"] ?? "",
      /\[Route\]\nDestination=0\.0\.0\.0\/0\nGateway=192\.168\.2\.254\nPreferredSource=192\.168\.2\.14\n/,
    );
    assert.doesNotMatch(files["10-netplan-box-network.network"] ?? "", /Route/);
  });

  it("names of interfaces are the host's own", () => {
    const host = networkHost("gateway-4", { interfaces: { "gateway-network": "ens19", "box-network": "ens20" } });
    const files = networkFiles(networkBox(), host);
    const generated = generate(textOf(files, "netplan/60-gatebox.yaml")).files;
    assert.match(generated["10-netplan-ens19.link"] ?? "", /^Name=ens19$/m);
  });

  it("addresses of IPv6 stand beside those of IPv4", () => {
    const both = {
      ...one,
      addresses: ["192.168.1.14/24", "2001:db8:1::e/64"],
      defaultGateways: ["192.168.1.254", "2001:db8:1::fe"],
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

  it("wrong configuration is refused, so that the tests above can fail", () => {
    const { ok, words } = generate(netplan([one]).replace("192.168.1.14/24", "192.168.1.14/240"));
    assert.equal(ok, false);
    assert.match(words, /192\.168\.1\.14\/240/);
  });
});
