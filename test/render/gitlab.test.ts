import assert from "node:assert/strict";
import fc from "fast-check";
import { gitlabAssembly, gitlabSecretFiles } from "../../render/gitlab/index.ts";
import { gitlabRunnerAssembly } from "../../render/gitlabRunner/index.ts";
import { mode, ruby, textOf } from "../../render/gitlab/ruby.ts";
import { registry } from "../../render/registry.ts";
import { assertGolden } from "./golden.ts";
import { gitlabBox, wholeGitlabBox } from "./sampleGitlab.ts";

describe("render/gitlab", () => {
  const [box, whole] = [gitlabBox(), wholeGitlabBox()];
  const filesOf = (one: typeof box) => gitlabAssembly.files(one, one.hosts["gateway-4"]!, registry);

  it("reads like the real thing, at its least and with all that there is to say", () => {
    for (const [name, one] of Object.entries({ least: box, whole })) {
      const files = filesOf(one).filter(({ path }) => /^systemd\/|^gitlab\.rb$|^lifecycle\/(?:settings|links|limit)$/.test(path)); // prettier-ignore
      assert.equal(files.length, 7);
      for (const { path, text } of files) assertGolden(`gitlab/${name}/${path}`, text);
    }
  });

  it("is on its host alone, and open to the web servers alone", () => {
    const on = Object.values(whole.hosts).filter((host) => registry.assembliesOf(whole, host).includes(gitlabAssembly));
    assert.deepEqual(on.map(({ name }) => name), ["gateway-4"]); // prettier-ignore
    const open = registry
      .portsOf(whole, whole.hosts["gateway-4"]!)
      .filter(({ purpose }) => purpose.startsWith("GitLab"));
    assert.deepEqual(
      open.map((one) => ["port" in one && one.port, one.network, one.from]),
      [8282, 8091, 5050].map((port) => [port, "gateway-network", ["192.168.2.1", "192.168.2.2"]]),
    );
  });

  it("waits for a volume that is shared by trying again, and for a disk of the host's own with its mounts", () => {
    const unit = (one: typeof box): string =>
      filesOf(one).find(({ path }) => path === "systemd/gitlab-runsvdir.conf")!.text;
    assert.match(unit(box), /^Wants=storage-shared\.mount\nAfter=storage-shared\.mount$/m);
    const own = gitlabBox({ data: "/srv/gitlab/data" });
    assert.match(unit(own), /^RequiresMountsFor=\/srv\/gitlab\/data$/m);
    assert.doesNotMatch(unit(own), /\.mount$/m);
  });

  it("has no secret in what it writes, and keeps those apart in files that root alone may read", () => {
    const secrets = gitlabSecretFiles(whole.gitlab!, { rootPassword: "correct horse", smtpPassword: "battery" });
    assert.deepEqual(
      secrets.map(({ path, mode: bits, text }) => [path, bits, text]),
      [
        ["secrets/root-password", "0600", "correct horse"],
        ["secrets/smtp-password", "0600", "battery"],
      ],
    );
    assert.deepEqual(gitlabSecretFiles(box.gitlab!, { rootPassword: "a" }).map(({ path }) => path), ["secrets/root-password"]); // prettier-ignore
    assert.throws(() => gitlabSecretFiles(whole.gitlab!, { rootPassword: "a" }), /smtpPassword is missing/);
    assert.throws(() => gitlabSecretFiles(box.gitlab!, { rootPassword: "a\nb" }), /line end/);
    assert.equal(filesOf(whole).find(({ path }) => path === "gitlab.rb")?.mode, "0600");
  });

  it("has a transaction that may take as long as GitLab's own configuration", () => {
    const limit = Number(filesOf(box).find(({ path }) => path === "lifecycle/limit")!.text);
    assert.ok(gitlabAssembly.seconds!.apply > limit && gitlabAssembly.seconds!.back > limit);
  });
});

describe("render/gitlabRunner", () => {
  const box = gitlabBox({ runners: { pool: "runners-pool", concurrent: 4, image: "registry.protobox/ci:1" } });

  it("reads like the real thing, and opens nothing", () => {
    const files = gitlabRunnerAssembly.files(box, box.hosts["search-1"]!, registry);
    for (const { path, text } of files.filter(({ path }) => /^systemd\/|^config\.toml$|links$/.test(path)))
      assertGolden(`gitlab-runner/${path}`, text);
    assert.equal(gitlabRunnerAssembly.ports, undefined);
  });

  it("knows web servers by the box's authority where that has signed their certificate", () => {
    const issued = gitlabBox({ runners: { pool: "runners-pool" } }, { "webservers.tls": { issuedByBox: true } });
    const [config] = gitlabRunnerAssembly.files(issued, issued.hosts["search-1"]!, registry);
    assert.match(config!.text, /^ {2}tls-ca-file = "\/etc\/gatebox\/gitlab-runner\/authority\.pem"$/m);
  });
});

describe("render/gitlab: values for Ruby", () => {
  it("are literals", () => {
    const value = { storage: [{ name: "it's", path: "\\#{x}" }], on: true, many: 3 };
    assert.equal(ruby(value), String.raw`{ storage: [{ name: 'it\'s', path: '\\#{x}' }], on: true, many: 3 }`);
    assert.equal(ruby(textOf("/etc/x")), "File.read('/etc/x').chomp");
    assert.equal(ruby(mode(0o600)), "0600");
  });

  it("never end before they should, whatever is in them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        // eslint-disable-next-line no-control-regex -- what is refused
        fc.pre(!/[\u0000-\u001f\u007f]/.test(text));
        const literal = ruby(text);
        assert.match(literal, /^'(?:[^'\\]|\\['\\])*'$/u);
        assert.equal(literal.slice(1, -1).replace(/\\(['\\])/g, "$1"), text);
      }),
    );
  });

  it("are refused with a line end, and as numbers that are none", () => {
    for (const value of ["a\nb", "a\u0000", Number.NaN, 0.5]) assert.throws(() => ruby(value), /^Error: gitlab\.rb: /);
    assert.throws(() => ruby({ "a: `id`": 1 }), /is no key/);
  });
});
