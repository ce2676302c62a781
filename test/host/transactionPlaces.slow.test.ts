import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { failed, succeeded } from "./ended.ts";
import { SandboxHost } from "./sandboxHost.ts";

describe("a transaction with files in other places", () => {
  let host: SandboxHost;
  beforeEach(() => (host = new SandboxHost()));
  afterEach(() => {
    assert.deepEqual(host.leftovers(), []);
    host.delete();
  });

  const dropIn = "/etc/systemd/system/edge.service.d/gatebox.conf";
  const unit = "/etc/systemd/system/edge.service";
  const wanted = "/etc/systemd/system/sysinit.target.wants/edge.service";
  const linked = (text: string, links: string, conf = "[Service]\n") =>
    host.base(text, [{ path: "systemd/edge.conf", text: conf }, { path: "lifecycle/links", text: links }]); // prettier-ignore
  const placed = (path: string) => readFileSync(host.path(path), "utf8");

  it("puts them there, keeps them over a switch and removes them with the base", async () => {
    await host.apply(linked("one\n", `${dropIn} systemd/edge.conf\n`));
    const { ino } = statSync(host.path(dropIn));
    await host.apply(linked("two\n", `${dropIn} systemd/edge.conf\n/etc/other base.cfg\n`));
    assert.equal(statSync(host.path(dropIn)).ino, ino);
    assert.equal(placed("/etc/other"), "two\n");
    await host.apply(linked("three\n", `${dropIn} systemd/edge.conf\n`, "[Unit]\n"));
    assert.equal(placed(dropIn), "[Unit]\n");
    assert.deepEqual(readdirSync(host.path("etc")).sort(), ["gatebox", "systemd"]);
    await host.remove(host.base(""));
    assert.deepEqual(readdirSync(host.path("etc/systemd/system")), []);
  });

  it("puts copies there, which can be read while /var is not mounted yet, and links only beside them", async () => {
    await host.apply(linked("one\n", `${unit} systemd/edge.conf\n${wanted} systemd/edge.conf\n/etc/sysctl.d/edge.conf base.cfg\n`)); // prettier-ignore
    renameSync(host.path("var"), host.path("not-mounted"));
    for (const [path, text] of [
      [unit, "[Service]\n"],
      [wanted, "[Service]\n"],
      ["/etc/sysctl.d/edge.conf", "one\n"],
    ] as const)
      // prettier-ignore
      assert.equal(placed(path), text);
    assert.equal(readlinkSync(host.path(wanted)), host.path(unit));
    renameSync(host.path("not-mounted"), host.path("var"));
  });

  it("takes the place of links into the live tree, as earlier versions made them", async () => {
    await host.apply(linked("one\n", `${dropIn} systemd/edge.conf\n`));
    rmSync(host.path(dropIn));
    symlinkSync(host.path("etc/gatebox/edge/systemd/edge.conf"), host.path(dropIn));
    succeeded(await host.apply(host.fragment("a", "a\n")), /generation 2/);
    assert.equal(lstatSync(host.path(dropIn)).isFile(), true);
    assert.equal(placed(dropIn), "[Service]\n");
  });

  it("puts back what was edited or removed by hand", async () => {
    const base = linked("one\n", `${unit} systemd/edge.conf\n${wanted} systemd/edge.conf\n`);
    await host.apply(base);
    for (const spoil of [
      () => writeFileSync(host.path(unit), "edited\n"),
      () => rmSync(host.path(unit)),
      () => rmSync(host.path(wanted)),
    ]) {
      spoil();
      succeeded(await host.apply(base), /live as generation/);
      assert.deepEqual([placed(unit), placed(wanted)], ["[Service]\n", "[Service]\n"]);
      succeeded(await host.apply(base), /unchanged/);
    }
  });

  it("takes back those of a generation that failed, and puts back those of the one before", async () => {
    await host.apply(linked("one\n", `${unit} systemd/edge.conf\n`));
    host.behave("probe", "if grep -q two base.cfg; then exit 1; fi");
    failed(
      await host.apply(linked("two\n", `${unit} systemd/edge.conf\n${dropIn} systemd/edge.conf\n`, "[Unit]\n")),
      /serves again/,
    );
    assert.equal(existsSync(host.path("etc/systemd/system/edge.service.d")), false);
    assert.equal(placed(unit), "[Service]\n");
  });

  it("refuses to replace a file that is not its own", async () => {
    await host.apply(linked("one\n", ""));
    mkdirSync(host.path("etc/systemd/system/edge.service.d"), { recursive: true });
    for (const put of [
      () => writeFileSync(host.path(dropIn), "the administrator's\n"),
      () => {
        rmSync(host.path(dropIn));
        symlinkSync("/dev/null", host.path(dropIn));
      },
    ]) {
      put();
      failed(
        await host.apply(linked("two\n", `${dropIn} systemd/edge.conf\n`)),
        /gatebox\.conf exists and is not Gatebox's; move it away first/,
      );
    }
    assert.equal(readlinkSync(host.path(dropIn)), "/dev/null");
    assert.equal(host.serving(), "one\n");
  });

  describe("on a host that has lost its state", () => {
    const lose = (): void => rmSync(host.path("var/lib/gatebox"), { recursive: true });
    const both = `${unit} systemd/edge.conf\n${wanted} systemd/edge.conf\n`;

    for (const [what, conf] of [
      ["the very files", "[Service]\n"],
      ["files that say that they are ours, of another version", "# Runs it from /etc/gatebox/edge\n[Service]\n"],
      ["files that were placed there last, of another version", "Nice=2\n"],
    ] as const)
      it(`takes over ${what}, and everything is applied again`, async () => {
        await host.apply(linked("one\n", both, conf));
        await host.apply(host.fragment("a", "a\n"));
        lose();
        failed(
          await host.apply(host.fragment("b", "b\n")),
          /lost it since .* write another text to machine of this host/s,
        );
        const next = what === "the very files" ? conf : `${conf}Nice=1\n`;
        if (what.startsWith("files that say")) rmSync(host.path("etc/gatebox/.edge.placed"));
        succeeded(await host.apply(linked("one\n", both, next)), /live as generation 1/);
        for (const one of ["a", "b"]) succeeded(await host.apply(host.fragment(one, `${one}\n`)), /live as generation/);
        assert.deepEqual([placed(unit), placed(wanted)], [next, next]);
        assert.equal(host.serving(), "one\na\nb\n");
      });

    it("refuses a file of others still, and one that another assembly has", async () => {
      await host.apply(linked("one\n", both));
      lose();
      writeFileSync(host.path(unit), "the administrator's\n");
      failed(await host.apply(linked("one\n", both)), /edge\.service exists and is not Gatebox's/);
      assert.equal(placed(unit), "the administrator's\n");
      writeFileSync(host.path(unit), "[Service]\n");
      mkdirSync(host.path("etc/gatebox/other/lifecycle"), { recursive: true });
      writeFileSync(host.path("etc/gatebox/other/lifecycle/links"), `${unit} systemd/edge.conf\n`);
      failed(await host.apply(linked("one\n", both)), /edge\.service exists and is not Gatebox's/);
      rmSync(host.path("etc/gatebox/other"), { recursive: true });
      succeeded(await host.apply(linked("one\n", both)), /live as generation 1/);
    });
  });

  it("refuses a link to a file that the tree does not have", async () => {
    failed(await host.apply(linked("one\n", "/etc/other nowhere\n")), /nowhere is not in the tree/);
  });
});
