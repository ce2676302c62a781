import assert from "node:assert/strict";
import { gatewayCheck, gatewayPackages } from "../../render/gatewayLifecycle.ts";
import { gatewayFiles } from "../../render/gateway.ts";
import { webserverCheck, webserverPackages } from "../../render/webserverLifecycle.ts";
import { webserverFiles } from "../../render/webserver.ts";
import { checkScript } from "./checkers.ts";
import { assertGolden } from "./golden.ts";
import { gatewayHost, sampleBox, webserverHost } from "./sampleRoutes.ts";

const trees = {
  gateway: gatewayFiles(sampleBox(), gatewayHost),
  webserver: webserverFiles(sampleBox(), webserverHost),
};

for (const [assembly, files] of Object.entries(trees)) {
  describe(`render: the lifecycle of a ${assembly}`, () => {
    for (const file of files.filter(({ path }) => /^(?:lifecycle|scripts|systemd)\//.test(path))) {
      it(`${file.path} reads like the real thing`, () => assertGolden(`${assembly}/${file.path}`, file.text));
      if (!file.text.startsWith("#!/bin/sh\n")) continue;
      it(`${file.path} is a script for any POSIX shell`, () => {
        assert.equal(file.mode, "0755");
        assert.deepEqual(checkScript(file.text), { ok: true, words: "" });
      });
    }

    it("brings every script that the runtime calls, and links only to files that it brings", () => {
      const text = new Map(files.map((file) => [file.path, file.text]));
      for (const script of ["check", "activate", "probe", "deactivate"])
        assert.ok(text.has(`lifecycle/${script}`), script);
      for (const line of (text.get("lifecycle/links") ?? "").trimEnd().split("\n")) {
        const [link = "", target = ""] = line.split(" ");
        assert.match(link, /^\/etc\/systemd\/system\//);
        assert.ok(text.has(target), `${link} → ${target}`);
      }
    });
  });
}

describe("render: lifecycle scripts", () => {
  it("throw for values that would break out of the shell's quotes", () => {
    assert.throws(() => gatewayCheck({ gatewayInterface: "a';b", gatewayAddress: "192.168.2.11" }), /interface name/);
    assert.throws(() => gatewayCheck({ gatewayInterface: "a", gatewayAddress: "$(b)" }), /not an IPv4 address/);
    assert.throws(() => webserverCheck({ serverNames: ["a'b"], addresses: [] }), /not a DNS name/);
  });

  it("make the trial certificate for all names and addresses, and refuse to make one for nobody", () => {
    const text = webserverCheck({ serverNames: ["a.example"], addresses: ["192.168.0.30"] });
    assert.match(text, /subjectAltName=DNS:a\.example,IP:192\.168\.0\.30'/);
    assert.throws(() => webserverCheck({ serverNames: [], addresses: [] }), /needs a name or an address/);
  });

  it("name the packages whose programs they call", () => {
    assert.deepEqual(gatewayPackages, ["haproxy", "nftables", "socat", "iproute2"]);
    assert.deepEqual(webserverPackages, ["nginx", "openssl", "curl", "iproute2"]);
  });
});
