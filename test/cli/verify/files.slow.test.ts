import assert from "node:assert/strict";
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import type { Answer } from "../../../cli/verify/answer.ts";
import { SandboxHost } from "../../host/sandboxHost.ts";
import { ask, driftLines, sumOf } from "./asking.ts";

/** A payload's files as the declaration has them. */
function declared(payload: string, hidden: readonly string[] = []): string[] {
  const unit = /^unit (.*)$/m.exec(payload)?.[1] ?? "";
  return payload
    .split(/^file /m)
    .slice(1)
    .map((part) => {
      const [head = "", ...lines] = part.replace(/\n?end\n$/, "").split("\n");
      const [path = "", mode = ""] = head.split(" ");
      const text = lines.filter((line) => line.startsWith("|")).map((line) => `${line.slice(1)}\n`).join(""); // prettier-ignore
      return `file edge ${unit} ${path} ${mode} ${hidden.includes(path) ? "-" : sumOf(text)}`;
    });
}

describe("gatebox verify compares files with what is declared", function () {
  this.timeout(60_000);
  const links = "/etc/place.conf place.conf\n/etc/wants/place.conf place.conf\n";
  let host: SandboxHost;
  let base: string;
  let route: string;
  let lines: string[];
  beforeEach(async () => {
    host = new SandboxHost();
    base = host.base("base\n", [
      { path: "place.conf", text: "place\n" },
      { path: "lifecycle/links", text: links },
      { path: "users", text: "admin:secret\n", mode: "0640" },
    ]);
    route = host.fragment("box.route", "route\n");
    assert.equal((await host.apply(base)).code, 0);
    assert.equal((await host.apply(route)).code, 0);
    lines = ["own box.", ...declared(base, ["users"]), ...declared(route)];
  });
  afterEach(() => host.delete());

  const live = (file: string): string => host.path("etc/gatebox/edge", file);
  const look = (): Answer => ask(host.root, lines, host.path("tools"));
  const found = (): string[] => driftLines(look());

  it("and finds nothing where nothing has changed, and changes nothing itself", () => {
    const tree = (): string[] =>
      readdirSync(host.root, { recursive: true, encoding: "utf8" })
        .sort()
        .map((name) => `${name} ${statSync(host.path(name)).mtimeMs}`);
    const before = tree();
    assert.deepEqual(found(), []);
    assert.deepEqual(tree(), before);
  });

  it("and tells a text that was edited, as it is there", () => {
    writeFileSync(live("base.cfg"), "edited\nwithout an end");
    const { drifts } = look();
    assert.deepEqual(
      drifts.map(({ kind, assembly, unit, where, problem, there }) => [kind, assembly, unit, where, problem, there]),
      [["file", "edge", "base", "base.cfg", "content", "edited\nwithout an end"]],
    );
  });

  it("and of a secret only that it differs, whatever its mode has become", () => {
    writeFileSync(live("users"), "admin:other\n");
    chmodSync(live("users"), 0o644);
    const { drifts } = look();
    assert.deepEqual(driftLines({ drifts } as Answer), [
      "file users mode is 0644, declared 0640",
      "file users content",
    ]);
    assert.ok(drifts.every(({ there }) => there === undefined));
  });

  it("and no text that not everybody on the host may read", () => {
    writeFileSync(live("base.cfg"), "edited\n");
    chmodSync(live("base.cfg"), 0o600);
    assert.deepEqual(
      look().drifts.map(({ problem, there }) => [problem, there]),
      [
        ["mode", undefined],
        ["content", undefined],
      ],
    );
  });

  it("and parts what was edited from what the stack file has otherwise since the last up", () => {
    lines = lines.map((line) => line.replace(sumOf("base\n"), sumOf("newer\n")));
    assert.deepEqual(found(), ["file base.cfg unapplied as last applied; the stack file says otherwise"]);
    writeFileSync(live("base.cfg"), "edited\n");
    assert.deepEqual(found(), ["file base.cfg content"]);
  });

  it("and tells what is missing, of another kind, added, or no longer declared", () => {
    rmSync(live("routes/box.route.cfg"));
    rmSync(live("base.cfg"));
    symlinkSync("/dev/null", live("base.cfg"));
    writeFileSync(live("routes/by-hand.cfg"), "");
    assert.deepEqual(found(), [
      "file base.cfg type is no plain file",
      "file routes/box.route.cfg missing",
      "file routes/by-hand.cfg extra",
    ]);
    rmSync(live("routes/by-hand.cfg"));
    writeFileSync(live("routes/box.route.cfg"), "route\n");
    lines = lines.filter((line) => !line.includes("box.route"));
    assert.ok(found().includes("file routes/box.route.cfg undeclared the stack file has it no more"));
  });

  it("and leaves another stack's units to it, but for what differs from what they were applied with", async () => {
    await host.apply(host.fragment("other.box.route", "theirs\n"));
    assert.deepEqual(found(), []);
    writeFileSync(live("routes/other.box.route.cfg"), "edited\n");
    const { drifts } = look();
    assert.deepEqual(driftLines({ drifts } as Answer), ["file routes/other.box.route.cfg content"]);
    assert.equal(drifts[0]?.there, undefined);
  });

  it("and tells owners, of root's or of anybody's hosts", function () {
    // Only root gives files away.
    if (process.getuid?.() !== 0) this.skip();
    chownSync(live("base.cfg"), 12345, 0);
    chownSync(live("routes/box.route.cfg"), 0, 12345);
    // The host chooses who may read it besides.
    chownSync(live("users"), 0, 12345);
    assert.deepEqual(found(), [
      "file base.cfg owner belongs to user 12345",
      "file routes/box.route.cfg owner belongs to group 12345",
    ]);
  });

  it("and tells copies in other places that differ, are missing, or lead elsewhere", () => {
    writeFileSync(host.path("etc/place.conf"), "edited\n");
    rmSync(host.path("etc/wants/place.conf"));
    symlinkSync("/dev/null", host.path("etc/wants/place.conf"));
    const { drifts } = look();
    assert.deepEqual(driftLines({ drifts } as Answer), [
      "link /etc/place.conf content is no copy of place.conf",
      "link /etc/wants/place.conf foreign is no link to /etc/place.conf",
    ]);
    assert.equal(drifts[0]?.there, "edited\n");
    rmSync(host.path("etc/place.conf"));
    assert.equal(found()[0], "link /etc/place.conf missing");
  });

  it("and tells what Gatebox' own directory has beside its trees, and a tree that is not there", () => {
    writeFileSync(host.path("etc/gatebox/by-hand.conf"), "");
    lines.push(`file gone box.pool x 0644 ${sumOf("")}`);
    assert.deepEqual(found(), ["file /etc/gatebox/by-hand.conf extra", "file gone missing nothing of it is live"]);
  });

  it("and tells a transaction that was cut off", () => {
    writeFileSync(host.path("var/lib/gatebox/edge/journal"), "1 2\n");
    assert.match(found().join("\n"), /^transaction edge open under way, or cut off/);
  });

  it("and the host's side of Gatebox itself", () => {
    lines.push(`runtime ${sumOf(readFileSync(host.path("unit.sh"), "utf8"))}`);
    assert.deepEqual(found(), ["file /usr/local/lib/gatebox/unit.sh missing"]);
  });
});
