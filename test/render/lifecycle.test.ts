import assert from "node:assert/strict";
import { gatewayAssembly, gatewayFiles } from "../../render/gateway/index.ts";
import { packagesOf } from "../../render/registryOf.ts";
import { trialSettings, webserverAssembly, webserverFiles } from "../../render/webserver/index.ts";
import { assertGolden } from "./golden.ts";
import { gatewayHost, sampleBox, webserverHost } from "./sampleRoutes.ts";

const trees = {
  gateway: gatewayFiles(sampleBox(), gatewayHost),
  webserver: webserverFiles(sampleBox(), webserverHost),
};

for (const [assembly, files] of Object.entries(trees)) {
  describe(`render: the lifecycle of a ${assembly}`, () => {
    const isScript = (text: string): boolean => text.startsWith("#!");
    const generated = files.filter(
      ({ path, text }) => /^(?:lifecycle|scripts|systemd|interfaces)\b/.test(path) && !isScript(text),
    );
    for (const file of generated)
      it(`${file.path} reads like the real thing`, () => assertGolden(`${assembly}/${file.path}`, file.text));

    it("brings every script that the runtime calls, and links only to files that it brings", () => {
      const byPath = new Map(files.map((file) => [file.path, file]));
      for (const step of ["check", "activate", "probe", "deactivate"]) {
        const file = byPath.get(`lifecycle/${step}`);
        assert.ok(file && isScript(file.text), step);
        assert.equal(file.mode, "0755");
      }
      for (const line of (byPath.get("lifecycle/links")?.text ?? "").trimEnd().split("\n")) {
        const [link = "", target = ""] = line.split(" ");
        assert.match(link, /^\/etc\/systemd\/system\//);
        assert.ok(byPath.has(target), `${link} → ${target}`);
      }
    });

    it("has scripts that stand alone: no line sources another file of this project", () => {
      for (const { path, text } of files) assert.doesNotMatch(text, /^\. \.{1,2}\//m, path);
    });

    it("has its scripts read what varies between hosts from files of the tree", () => {
      const other = { ...(assembly === "gateway" ? gatewayHost : webserverHost) };
      const change = (values: Readonly<Record<string, string>>, to: string): Record<string, string> =>
        Object.fromEntries(Object.keys(values).map((key) => [key, to]));
      const host = {
        ...other,
        addresses: change(other.addresses, "10.1.2.3"),
        interfaces: Object.fromEntries(Object.keys(other.interfaces).map((key, index) => [key, `eth${index}`])),
      };
      const theirs = assembly === "gateway" ? gatewayFiles(sampleBox(), host) : webserverFiles(sampleBox(), host);
      const scripts = (all: typeof files): string[] => all.map(({ text }) => text).filter(isScript);
      assert.deepEqual(scripts(theirs), scripts(files));
    });
  });
}

describe("render: settings of lifecycle scripts", () => {
  const files = (address: string, device: string): unknown =>
    gatewayFiles(sampleBox(), {
      ...gatewayHost,
      addresses: { ...gatewayHost.addresses, "gateway-network": address },
      interfaces: { ...gatewayHost.interfaces, "gateway-network": device },
    });

  it("throw for values that would break out of the shell's quotes", () => {
    assert.throws(() => files("192.168.2.11", "a';b"), /interface name/);
    assert.throws(() => files("$(b)", "a"), /not an IPv4 address/);
    assert.throws(() => trialSettings(["a'b"], []), /not a DNS name/);
  });

  it("make the trial certificate for all names and addresses, and refuse to make one for nobody", () => {
    const text = trialSettings(["a.example", "192.168.0.9"], ["192.168.0.30", "fd00:0:0:a::30"]);
    assert.equal(
      text,
      "certificate_subject='a.example'\n" +
        "certificate_alternatives='DNS:a.example,IP:192.168.0.9,IP:192.168.0.30,IP:fd00:0:0:a::30'\n" +
        "probe_name='a.example'\n",
    );
    assert.throws(() => trialSettings([], []), /needs a name or an address/);
  });
});

describe("render: the packages of the edge", () => {
  it("are those whose programs the scripts call, with the daemons masked until configured", () => {
    assert.deepEqual(packagesOf(gatewayAssembly.programs), {
      packages: ["haproxy", "iproute2", "nftables", "socat"],
      maskedUntilConfigured: ["haproxy.service"],
    });
    assert.deepEqual(packagesOf(webserverAssembly.programs), {
      packages: ["curl", "iproute2", "libnginx-mod-http-headers-more-filter", "nftables", "nginx", "openssl", "socat"],
      maskedUntilConfigured: ["nginx.service"],
    });
  });
});
