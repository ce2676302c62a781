import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { packageList } from "../../host/HostPackages.ts";
import { SandboxHost } from "./sandboxHost.ts";

// apt, dpkg and systemd are stand-ins here that keep their state in files; test/e2e installs for real.
describe("packages", () => {
  let host: SandboxHost;
  const list = packageList({ packages: ["nginx", "haproxy"], maskedUntilConfigured: ["nginx.service"] });
  const install = () => host.run(["packages"], list);

  beforeEach(() => {
    host = new SandboxHost();
    mkdirSync(host.path("run/systemd/system"), { recursive: true });
    for (const name of ["installed", "known", "masked"]) writeFileSync(host.path(name), "");
    writeFileSync(host.path("archive"), "haproxy\nnginx\n");
    const tool = (name: string, script: string) => host.tool(name, `cd '${host.root}'\n${script}`);
    tool(
      "dpkg-query",
      [
        `case "$*" in *Version*) asked=version ;; *) asked=status ;; esac`,
        `while [ "$1" != -- ]; do shift; done; shift`,
        `for p; do grep -qx "$p" installed || continue`,
        `  case $asked in status) echo "ii  $p" ;; *) echo "$p $(cat "version-$p" 2>/dev/null || echo 1.0-1)" ;; esac; done`,
      ].join("\n"),
    );
    tool("dpkg", `case $1 in --compare-versions) exec /usr/bin/dpkg "$@" ;; *) echo dpkg "$@" >>log ;; esac`);
    tool("apt-cache", `shift 2; for p; do grep -qx "$p" known || exit 100; done`);
    tool("systemctl", `echo systemctl "$@" >>log; case $1 in mask) echo "$5" >masked ;; unmask) : >masked ;; esac`);
    tool(
      "apt-get",
      [
        `echo apt-get "$@" >>log`,
        `case " $* " in`,
        `*" update "*) cp archive known ;;`,
        `*) cp masked masked-during; while [ "$1" != -- ]; do shift; done; shift`,
        `  for p; do grep -qx "$p" known || { echo "E: Unable to locate package $p"; exit 100; }; echo "$p" >>installed; done ;;`,
        `esac`,
      ].join("\n"),
    );
  });
  afterEach(() => {
    assert.equal(readFileSync(host.path("masked"), "utf8"), "", "nothing stays masked");
    host.delete();
  });
  const log = (): string[] => {
    const file = host.path("log");
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    rmSync(file, { force: true });
    return lines;
  };
  const verbs = () => log().map((line) => /^systemctl \S+|^dpkg --configure|update|install/.exec(line)?.[0]);

  it("are installed with the listed units masked meanwhile", async () => {
    const ended = await install();
    assert.deepEqual(ended, { code: 0, signal: null, stdout: "installed\n", stderr: "" });
    assert.deepEqual(verbs(), ["systemctl mask", "dpkg --configure", "update", "install", "systemctl unmask"]);
    assert.equal(readFileSync(host.path("masked-during"), "utf8"), "nginx.service\n");
  });

  it("are installed with the units masked that an earlier version lists as held", async () => {
    const earlier = list.replace("mask nginx.service", "hold nginx.service");
    assert.notEqual(earlier, list);
    assert.equal((await host.run(["packages"], earlier)).stdout, "installed\n");
    assert.deepEqual(verbs(), ["systemctl mask", "dpkg --configure", "update", "install", "systemctl unmask"]);
    assert.equal(readFileSync(host.path("masked-during"), "utf8"), "nginx.service\n");
  });

  it("are refused with a unit whose name is none, or another word before it", async () => {
    for (const line of ["mask -x", "keep nginx.service", "mask"]) {
      const { code, stderr } = await host.run(["packages"], list.replace("mask nginx.service", line));
      assert.equal(code, 1, line);
      assert.match(stderr, /line 4: neither a package, nor a unit to mask, nor the end marker/, line);
    }
  });

  it("are installed without questions, without recommendations, waiting for another apt", async () => {
    await install();
    const command = log().find((line) => line.includes(" install ")) ?? "";
    assert.match(
      command,
      /^apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 .* install -- haproxy nginx$/,
    );
  });

  it("that are there already need no network and no mask", async () => {
    await install();
    log();
    assert.equal((await install()).stdout, "already installed\n");
    assert.deepEqual(log(), []);
  });

  const versions = (): string => readFileSync(host.path("var/lib/gatebox/package-versions"), "utf8");
  const has = (name: string, version: string): void => writeFileSync(host.path(`version-${name}`), version);

  it("keep the newest version that each has had", async () => {
    await install();
    assert.equal(versions(), "haproxy 1.0-1\nnginx 1.0-1\n");
    has("haproxy", "1.0-2");
    has("nginx", "1.0~rc1-1");
    await install();
    assert.equal(versions(), "haproxy 1.0-2\nnginx 1.0-1\n");
    const other = packageList({ packages: ["haproxy"] });
    has("haproxy", "0.9-1");
    await host.run(["packages"], other);
    assert.equal(versions(), "haproxy 1.0-2\nnginx 1.0-1\n", "what one list does not name stays known");
  });

  it("that have gone back to an older version are brought up again anew, and not by the way", async () => {
    await install();
    has("haproxy", "0.9-1");
    log();
    assert.equal((await install()).stdout, "already installed\n");
    assert.deepEqual(log(), [], "somebody may have meant it");
    host.tool("apt-get", `cd '${host.root}'\necho apt-get "$@" >>log; case " $* " in *" install "*) rm -f version-haproxy ;; esac`); // prettier-ignore
    const ended = await host.run(["packages", "anew"], list);
    assert.deepEqual([ended.code, ended.stdout], [0, "installed\n"], ended.stderr);
    assert.match(log().find((line) => line.includes(" install ")) ?? "", / -- haproxy$/);
    assert.equal(versions(), "haproxy 1.0-1\nnginx 1.0-1\n");
  });

  it("of which apt has none newer are known by the version that they have, and it says so", async () => {
    await install();
    has("haproxy", "0.9-1");
    const ended = await host.run(["packages", "anew"], list);
    assert.deepEqual([ended.code, ended.stdout], [0, "apt has none newer: haproxy\ninstalled\n"], ended.stderr);
    assert.equal(versions(), "haproxy 0.9-1\nnginx 1.0-1\n");
    assert.equal((await host.run(["packages", "again"], list)).code, 1);
  });

  it("ask only for what is missing", async () => {
    writeFileSync(host.path("installed"), "haproxy\n");
    await install();
    assert.match(log().find((line) => line.includes(" install ")) ?? "", /-- nginx$/);
  });

  it("need no new lists while those of today know them", async () => {
    await install();
    writeFileSync(host.path("installed"), "");
    log();
    await install();
    assert.ok(!verbs().includes("update"));
    const old = Date.now() / 1000 - 25 * 3600;
    utimesSync(host.path("var/lib/gatebox/package-lists"), old, old);
    writeFileSync(host.path("installed"), "");
    log();
    await install();
    assert.ok(verbs().includes("update"));
  });

  it("that do not install fail with apt's own words, and leave nothing masked", async () => {
    writeFileSync(host.path("archive"), "haproxy\n");
    const { code, stdout, stderr } = await install();
    assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
    const words = `gatebox: ${hostname()}: these packages do not install: haproxy nginx\nE: Unable to locate package nginx\n`;
    assert.equal(stderr, words);
  });

  it("whose installation was killed are unmasked by the next run", async () => {
    host.tool("dpkg", "kill -KILL $(cut -d ' ' -f 4 /proc/$PPID/stat)");
    assert.equal((await install()).signal, "SIGKILL");
    assert.equal(readFileSync(host.path("masked"), "utf8"), "nginx.service\n");
    // Not even by a run that masks nothing itself.
    host.tool("dpkg", "exit 0");
    const other = await host.run(["packages"], packageList({ packages: ["haproxy"] }));
    assert.equal(other.stdout, "installed\n");
  });

  it("in a list that was cut short are refused", async () => {
    const { code, stderr } = await host.run(["packages"], list.replace("end\n", ""));
    assert.equal(code, 1);
    assert.match(stderr, /the list of packages is refused: cut short/);
  });
});
