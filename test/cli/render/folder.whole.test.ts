import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { render } from "../../../cli/render.ts";
import { protoboxText } from "../../box/protobox.ts";

describe("gatebox render", () => {
  let scratch: string;
  const options = { out: undefined, force: false, against: undefined, "exit-code": false };
  const run = (more: Partial<Parameters<typeof render>[1]>, file = "Pulumi.mine.yaml") =>
    render(file, { ...options, ...more }, scratch);
  const at = (...steps: string[]): string => path.join(scratch, ...steps);
  const without = (service: string): string =>
    protoboxText.replace(new RegExp(`^ {4}${service}: \\{ app: .*\\n`, "m"), "");

  before(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-render-"));
    writeFileSync(at("Pulumi.mine.yaml"), protoboxText);
  });
  after(() => rmSync(scratch, { recursive: true }));

  it("writes the files of all hosts and the objects of the cluster, scripts executable", () => {
    const { status, message } = run({ out: "out" });
    assert.equal(status, 0, message);
    assert.match(message ?? "", /^\d+ files of 8 hosts and 5 objects of the cluster are in /);
    assert.match(readFileSync(at("out/gateway-2/gateway/haproxy/routes/30160.cfg"), "utf8"), /192\.168\.2\.12:30160/);
    assert.match(readFileSync(at("out/kubernetes/argocd/argocd.yaml"), "utf8"), /^apiVersion: v1\nkind: Service\n/);
    assert.equal(statSync(at("out/gateway-2/gateway/lifecycle/check")).mode & 0o777, 0o755);
  });

  it("takes away from a folder of its own what is no longer rendered, and leaves everything else", () => {
    writeFileSync(at("out/gateway-2/mine"), "");
    writeFileSync(at("Pulumi.less.yaml"), without("keycloak"));
    assert.equal(run({ out: "out" }, "Pulumi.less.yaml").status, 0);
    assert.ok(!existsSync(at("out/kubernetes/keycloak")));
    assert.ok(!existsSync(at("out/gateway-2/gateway/haproxy/routes/30162.cfg")));
    assert.ok(existsSync(at("out/gateway-2/mine")) && existsSync(at("out/kubernetes/argocd/argocd.yaml")));
  });

  it("compares with a folder that it has made", () => {
    const { status, output } = run({ against: "out" });
    assert.equal(status, 0);
    assert.match(output ?? "", /^gateway-1, gateway-2, gateway-3: gateway\/haproxy\/routes\/30162\.cfg \(created\)$/m);
    assert.equal(run({ against: "out", "exit-code": true }).status, 1);
    const same = run({ against: "out", "exit-code": true }, "Pulumi.less.yaml");
    assert.deepEqual(same, { status: 0, output: "", message: "Nothing differs on any host.\n" });
  });

  it("leaves a folder of others alone unless it is forced, and removes nothing there", () => {
    mkdirSync(at("theirs"));
    writeFileSync(at("theirs/notes"), "");
    const refused = run({ out: "theirs" });
    assert.equal(refused.status, 1);
    assert.match(refused.message ?? "", /neither empty nor a folder that render has made: .* --force/);
    assert.ok(!existsSync(at("theirs/gateway-1")));
    assert.equal(run({ out: "theirs", force: true }).status, 0);
    assert.ok(existsSync(at("theirs/notes")) && existsSync(at("theirs/gateway-1")));
  });

  it("takes an empty folder, and no file", () => {
    mkdirSync(at("empty"));
    assert.equal(run({ out: "empty" }).status, 0);
    assert.match(run({ out: "Pulumi.mine.yaml" }).message ?? "", /Pulumi\.mine\.yaml is a file: name a folder/);
  });

  it("removes nothing outside of its folder, whatever the folder says", () => {
    mkdirSync(at("forged"));
    writeFileSync(at("forged/.gatebox-render.json"), JSON.stringify({ gatebox: "0", files: ["../precious"] }));
    writeFileSync(at("precious"), "");
    assert.match(run({ out: "forged" }).message ?? "", /names \.\.\/precious, which is outside of it/);
    assert.ok(existsSync(at("precious")));
  });

  it("writes no private key, and says where it would stand", () => {
    const certificate = path.join(import.meta.dirname, "../../components/certificate.pem");
    const tls = `    serveAddresses: true\n    tls: { certificate: ${certificate} }\n`;
    const text = protoboxText
      .replace("    serveAddresses: true\n", tls)
      .replace("config:\n", "config:\n  gatebox:tlsPrivateKey: { secure: AAAA }\n");
    writeFileSync(at("Pulumi.tls.yaml"), text);
    assert.equal(run({ out: "tls" }, "Pulumi.tls.yaml").status, 0);
    assert.equal(readFileSync(at("tls/webserver-1/webserver/nginx/tls/key.pem"), "utf8"), "[secret]\n");
    assert.equal(
      readFileSync(at("tls/webserver-1/webserver/nginx/tls/certificate.pem"), "utf8"),
      readFileSync(certificate, "utf8"),
    );
  });

  it("tells the mistakes of a stack file, and writes nothing", () => {
    writeFileSync(at("Pulumi.bad.yaml"), protoboxText.replace("port: 30163", "port: 30160"));
    const { status, message } = run({ out: "bad" }, "Pulumi.bad.yaml");
    assert.equal(status, 1);
    assert.match(message ?? "", /^Pulumi\.bad\.yaml:\d+:\d+: apps\.kibana\.port: 30160 /);
    assert.ok(!existsSync(at("bad")));
  });
});
