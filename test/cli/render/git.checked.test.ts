import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { render } from "../../../cli/render.ts";
import { protoboxText } from "../../box/protobox.ts";

describe("gatebox render --against a commit", () => {
  let scratch: string;
  const at = (...steps: string[]): string => path.join(scratch, ...steps);
  const git = (...args: string[]): unknown =>
    execFileSync("git", ["-C", scratch, "-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      stdio: "pipe",
      timeout: 20_000,
    });
  const commit = (message: string): void => {
    git("add", ".");
    git("commit", "-m", message);
  };
  const run = (against: string, file = "box/Pulumi.mine.yaml") =>
    render(file, { out: undefined, force: false, against, "exit-code": false }, scratch);
  const tls = (text: string): string =>
    text
      .replace("    serveAddresses: true\n", "    serveAddresses: true\n    tls: { certificate: edge.pem }\n")
      .replace("config:\n", "config:\n  gatebox:tlsPrivateKey: { secure: AAAA }\n");

  before(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-git-"));
    git("init", "-q", "-b", "main");
    mkdirSync(at("box"));
    writeFileSync(at("box/Pulumi.mine.yaml"), protoboxText.replace("port: 30163", "port: 30160"));
    commit("mistaken");
    git("tag", "mistaken");
    writeFileSync(at("box/Pulumi.mine.yaml"), tls(protoboxText));
    copyFileSync(path.join(import.meta.dirname, "../../components/certificate.pem"), at("box/edge.pem"));
    commit("sound");
  });
  after(() => rmSync(scratch, { recursive: true }));

  it("shows nothing of a file that is as it was", () => {
    assert.deepEqual(run("HEAD"), { status: 0, output: "", message: "Nothing differs on any host.\n" });
  });

  it("shows what the working file changes, with the certificate of the commit", () => {
    // What the file names is read from the commit: here it is gone since.
    writeFileSync(
      at("box/Pulumi.mine.yaml"),
      protoboxText.replace("argocd: { app: argocd, options: [httplog]", "argocd: { app: argocd, options: []"),
    );
    rmSync(at("box/edge.pem"));
    const { status, output = "", message } = run("main");
    assert.deepEqual([status, message], [0, ""]);
    assert.match(output, /^gateway-1, gateway-2, gateway-3: gateway\/haproxy\/routes\/30160\.cfg \(changed\)$/m);
    assert.match(output, /^webserver-1, webserver-2: webserver\/nginx\/tls\/certificate\.pem \(deleted\)$/m);
    assert.match(output, /^-\[secret\]$/m);
  });

  it("says that the earlier version has mistakes, and which", () => {
    const { status, message } = run("mistaken");
    assert.equal(status, 1);
    assert.match(
      message ?? "",
      /^Pulumi\.mine\.yaml at mistaken has mistakes by the rules of today, so there is nothing to compare with:\nmistaken:Pulumi\.mine\.yaml:\d+:\d+: apps\.kibana\.port: 30160 .*\n$/,
    );
  });

  it("says of a file that the commit does not have that all of it is new", () => {
    writeFileSync(at("box/Pulumi.new.yaml"), protoboxText);
    const { status, output = "", message } = run("HEAD", "box/Pulumi.new.yaml");
    assert.deepEqual([status, message], [0, "Pulumi.new.yaml is not in HEAD: all of it is new.\n"]);
    assert.doesNotMatch(output, /\((?:changed|deleted)\)$/m);
  });

  for (const [against, says] of [
    ["no-such-branch", /^"no-such-branch" is neither a commit, branch or tag nor a folder that render has made\n$/],
    ["--output=x", /^"--output=x" is neither /],
    ["HEAD:box", /^"HEAD:box" is neither /],
  ] as const) {
    it(`refuses ${against}`, () => {
      const { status, message = "" } = run(against);
      assert.equal(status, 1);
      assert.match(message, says);
    });
  }

  it("says that a file is in no repository", () => {
    const outside = mkdtempSync(path.join(tmpdir(), "gatebox-outside-"));
    writeFileSync(path.join(outside, "Pulumi.mine.yaml"), protoboxText);
    assert.match(run("HEAD", path.join(outside, "Pulumi.mine.yaml")).message ?? "", /is in no git repository\n$/);
    rmSync(outside, { recursive: true });
  });
});
