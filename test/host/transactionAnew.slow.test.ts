import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, chmodSync } from "node:fs";
import { SandboxHost } from "./sandboxHost.ts";

describe("a unit that is applied anew", () => {
  let host: SandboxHost;
  let base: string;
  beforeEach(async () => {
    host = new SandboxHost();
    base = host.base("base\n", [
      { path: "unit", text: "[Service]\n" },
      {
        path: "lifecycle/links",
        text: "/etc/systemd/system/edge.service unit\n/etc/systemd/system/nginx.service.d/a.conf unit\n",
      },
    ]);
    assert.equal((await host.apply(base)).code, 0);
    assert.equal((await host.apply(host.fragment("a", "a\n"))).code, 0);
  });
  afterEach(() => {
    assert.deepEqual(host.leftovers(), []);
    host.delete();
  });
  const live = (file: string): string => host.path("etc/gatebox/edge", file);
  const anew = async (stdin: string): Promise<string> => {
    const { code, stdout, stderr } = await host.run(["apply", "anew"], stdin);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it("is made to run again where nothing is another, which it is not otherwise", async () => {
    rmSync(host.path("serving"));
    assert.match((await host.apply(base)).stdout, /unchanged/);
    assert.equal(existsSync(host.path("serving")), false);
    assert.match(await anew(base), /live as generation 3/);
    assert.equal(readFileSync(host.path("serving"), "utf8"), "base\na\n");
  });

  it("leaves no file that no unit has, and those of other units as they are", async () => {
    writeFileSync(live("routes/by hand.cfg"), "x\n");
    symlinkSync("/dev/null", live("routes/link"));
    writeFileSync(live("routes/a.cfg"), "edited\n");
    writeFileSync(live("base.cfg"), "edited\n");
    chmodSync(live("unit"), 0o600);
    await anew(base);
    assert.deepEqual([existsSync(live("routes/by hand.cfg")), existsSync(live("routes/link"))], [false, false]);
    assert.equal(readFileSync(live("routes/a.cfg"), "utf8"), "edited\n");
    assert.equal(readFileSync(live("base.cfg"), "utf8"), "base\n");
    assert.equal(statSync(live("unit")).mode & 0o777, 0o644);
    await anew(host.fragment("a", "a\n"));
    assert.equal(readFileSync(live("routes/a.cfg"), "utf8"), "a\n");
  });

  it("unmasks what its tree brings to systemd, its own units and those that it adds to", async () => {
    rmSync(host.path("etc/systemd/system/edge.service"));
    symlinkSync("/dev/null", host.path("etc/systemd/system/edge.service"));
    symlinkSync("/dev/null", host.path("etc/systemd/system/nginx.service"));
    mkdirSync(host.path("run/systemd/system"), { recursive: true });
    symlinkSync("/dev/null", host.path("run/systemd/system/nginx.service"));
    symlinkSync("/dev/null", host.path("etc/systemd/system/theirs.service"));
    host.tool("systemctl", "exit 0");
    host.tool("systemd-run", "exit 0");
    await anew(base);
    assert.equal(readFileSync(host.path("etc/systemd/system/edge.service"), "utf8"), "[Service]\n");
    assert.equal(existsSync(host.path("run/systemd/system/nginx.service")), false);
    assert.throws(() => statSync(host.path("etc/systemd/system/nginx.service")));
    assert.ok(existsSync(host.path("etc/systemd/system/theirs.service")));
  });

  it("goes back where it fails, as any other", async () => {
    host.behave("probe", "[ -e ../../../../../../fine ]");
    const { code, stderr } = await host.run(["apply", "anew"], host.base("other\n"));
    assert.equal(code, 1);
    assert.match(stderr, /lifecycle\/probe/);
    rmSync(host.path("behaviour/probe"), { force: true });
    await host.apply(base);
  });
});
