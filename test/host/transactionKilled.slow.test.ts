import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ALL_TOOLS, Killer } from "./killer.ts";
import { SandboxHost } from "./sandboxHost.ts";

// Slow: some hundred transactions, each killed at another of its programs.
describe("a transaction killed at any program that it runs", function () {
  // Under load a transaction takes several times the tenth of a second that it takes at leisure.
  this.timeout(600_000);
  let host: SandboxHost;
  let killer: Killer;
  const place = "/etc/systemd/system/edge.service";
  const links = {
    path: "lifecycle/links",
    text: `${place} base.cfg\n/etc/systemd/system/a.wants/edge.service base.cfg\n`,
  };
  const base = (text: string): string => host.base(text, [links]);
  const placed = (): string[] => {
    const top = host.path("etc/systemd/system");
    if (!existsSync(top)) return [];
    const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    return paths.map((path) => `${path.slice(top.length)}: ${readFileSync(path, "utf8")}`).sort();
  };
  const both = (text: string): string[] => [`/a.wants/edge.service: ${text}`, `/edge.service: ${text}`];
  beforeEach(() => {
    host = new SandboxHost();
    killer = new Killer(host, ALL_TOOLS);
  });
  afterEach(() => host.delete());

  it("converges when it is a first apply, and when it is the removal", async () => {
    for (let step = 1, applied = false, removed = false; !applied || !removed; step++) {
      const text = `text ${step}\n`;
      applied = !(await killer.run("apply", base(text), step)).killed;
      assert.ok([undefined, text].includes(host.serving()), `apply killed at ${step}`);
      assert.equal((await host.apply(base(text))).code, 0, `after apply killed at ${step}`);
      assert.equal(host.serving(), text);
      assert.deepEqual(placed(), both(text));
      assert.deepEqual(host.leftovers(), [], `after apply killed at ${step}`);
      removed = !(await killer.run("remove", base(text), step)).killed;
      assert.ok([undefined, text].includes(host.serving()), `removal killed at ${step}`);
      assert.equal((await host.remove(base(text))).code, 0, `after removal killed at ${step}`);
      assert.equal(host.serving(), undefined, `after removal killed at ${step}`);
      assert.deepEqual(placed(), [], `after removal killed at ${step}`);
      assert.deepEqual(host.leftovers(), [], `after removal killed at ${step}`);
    }
  });

  it("converges when it is an update, or one that fails and is going back", async () => {
    assert.equal((await host.apply(base("text 0\n"))).code, 0);
    host.behave("probe", "if grep -q bad base.cfg; then exit 1; fi");
    for (let step = 1, updated = false, failed = false; !updated || !failed; step++) {
      const [before, text] = [`text ${step - 1}\n`, `text ${step}\n`];
      failed = !(await killer.run("apply", base("bad\n"), step)).killed;
      assert.ok([before, "bad\n"].includes(host.serving() ?? ""), `bad apply killed at ${step}`);
      updated = !(await killer.run("apply", base(text), step)).killed;
      assert.ok([before, text].includes(host.serving() ?? ""), `update killed at ${step}: ${host.serving()}`);
      assert.equal((await host.apply(base(text))).code, 0, `after update killed at ${step}`);
      assert.equal(host.serving(), text);
      assert.deepEqual(placed(), both(text));
      assert.deepEqual(host.leftovers(), [], `after update killed at ${step}`);
    }
  });
});
