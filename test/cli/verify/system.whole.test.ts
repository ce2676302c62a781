import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { verifyScript } from "../../../cli/verify/question.ts";
import { writeProgram } from "../doctor/programs.ts";
import { ask, driftLines } from "./asking.ts";

describe("gatebox verify looks at what runs on a host", function () {
  this.timeout(30_000);
  let root: string;
  let links: string[];
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "gatebox-verify-"));
    links = [];
    for (const part of ["etc/gatebox", "programs", "proc/self"]) mkdirSync(path.join(root, part), { recursive: true });
    program("systemctl", ":");
    program("ip", ":");
    symlinkSync(path.join(root, "var/lib/gatebox/edge/generations/1"), path.join(root, "etc/gatebox/edge"));
    write("var/lib/gatebox/edge/generations/1/.units/box.pool", "");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function program(name: string, line: string): void {
    writeProgram(path.join(root, "programs", name), line);
  }
  function write(file: string, text: string): void {
    const place = path.join(root, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  /** A file of the tree that stands in a place. */
  function place(where: string, text = "x\n"): void {
    const name = path.basename(where);
    links.push(`${where} parts/${name}\n`);
    write(`var/lib/gatebox/edge/generations/1/parts/${name}`, text);
    write(where, text);
  }
  function found(lines: readonly string[] = []): string[] {
    write("var/lib/gatebox/edge/generations/1/lifecycle/links", links.join(""));
    const answer = ask(root, lines, path.join(root, "programs"));
    assert.deepEqual(answer.unknown, []);
    return driftLines(answer).filter((line) => !/^file (parts|lifecycle)\//.test(line));
  }
  /** A unit that the tree brings, as systemd shows it. */
  function unit(id: string, properties: Readonly<Record<string, string>>): void {
    place(`/etc/systemd/system/${id}`);
    const shown = { Id: id, LoadState: "loaded", ActiveState: "active", UnitFileState: "enabled", Restart: "always", RemainAfterExit: "no", NeedDaemonReload: "no", ...properties }; // prettier-ignore
    const lines = Object.entries(shown).map(([name, value]) => `${name}=${value}`);
    program("systemctl", `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}`);
  }

  const states = [
    [{}, undefined],
    [{ LoadState: "masked", UnitFileState: "masked", ActiveState: "active" }, "masked"],
    [{ UnitFileState: "masked-runtime" }, "masked"],
    [{ UnitFileState: "disabled" }, "disabled does not start at boot"],
    [{ ActiveState: "failed" }, "failed"],
    [{ ActiveState: "failed", Restart: "no" }, "failed"],
    [{ ActiveState: "inactive" }, "stopped is inactive"],
    [{ ActiveState: "inactive", Restart: "no", RemainAfterExit: "yes" }, "stopped is inactive"],
    [{ ActiveState: "inactive", Restart: "no", UnitFileState: "disabled" }, undefined],
    [{ ActiveState: "activating", UnitFileState: "static" }, undefined],
    [{ NeedDaemonReload: "yes" }, "reload systemd has not read its files again"],
  ] as const;
  for (const [properties, says] of states) {
    it(`a service with ${JSON.stringify(properties)} is ${says ?? "as declared"}`, () => {
      unit("edge.service", properties);
      assert.deepEqual(found(), says === undefined ? [] : [`unit edge.service ${says}`]);
    });
  }

  for (const directory of ["etc/systemd/system", "run/systemd/system", "etc/systemd/system.control"]) {
    it(`a drop-in by hand in ${directory} is told, and no text of it`, () => {
      place("/etc/systemd/system/nginx.service.d/gatebox.conf");
      assert.deepEqual(found(), []);
      write(`${directory}/nginx.service.d/override.conf`, "[Service]\nEnvironment=TOKEN=x\n");
      assert.deepEqual(found(), [`unit nginx.service drop-in /${directory}/nginx.service.d/override.conf`]);
    });
  }

  it("a unit of the distribution that somebody has replaced is told", () => {
    place("/etc/systemd/system/nginx.service.d/gatebox.conf");
    write("etc/systemd/system/nginx.service", "[Service]\n");
    assert.deepEqual(found(), ["unit nginx.service replaced /etc/systemd/system/nginx.service"]);
  });

  it("a unit of the tree that is masked is told once", () => {
    unit("edge.service", { LoadState: "masked" });
    rmSync(path.join(root, "etc/systemd/system/edge.service"));
    symlinkSync("/dev/null", path.join(root, "etc/systemd/system/edge.service"));
    assert.deepEqual(found(), ["unit edge.service masked"]);
  });

  it("settings of the kernel are compared, by either form of their names", () => {
    write("proc/sys/net/ipv4/ip_forward", "1\n");
    write("proc/sys/net/ipv4/conf/eth0.5/rp_filter", "2\n");
    write("proc/sys/net/ipv4/ip_local_port_range", "1024\t65535\n");
    write(
      "var/lib/gatebox/edge/generations/1/sysctl/edge.conf",
      "# ours\nnet.ipv4.ip_forward = 1\nnet/ipv4/conf/eth0.5/rp_filter = 2\nnet.ipv4.conf.eth0/5.rp_filter = 2\nnet.ipv4.ip_local_port_range = 1024 65535\n-net.ipv4.none = 1\n",
    );
    assert.deepEqual(
      found().filter((line) => !line.startsWith("file")),
      [],
    );
    write("proc/sys/net/ipv4/ip_forward", "0\n");
    rmSync(path.join(root, "proc/sys/net/ipv4/ip_local_port_range"));
    assert.deepEqual(
      found().filter((line) => !line.startsWith("file")),
      [
        "sysctl net.ipv4.ip_forward value is 0, declared 1",
        "sysctl net.ipv4.ip_local_port_range value is not there, declared 1024 65535",
      ],
    );
  });

  it("packages that are not installed are told, also where their configuration was kept", () => {
    program("dpkg-query", "printf 'haproxy installed 2.6.12-1\\nnginx config-files 1.22.1-9\\n'; exit 1");
    assert.deepEqual(found(["package haproxy", "package nginx", "package keepalived"]), [
      "package nginx missing is not installed",
      "package keepalived missing is not installed",
    ]);
  });

  it("packages that have gone back to an older version than Gatebox has seen are told; a newer one is none's business", () => {
    program("dpkg-query", "printf 'haproxy installed 2.6.9-1\\nnginx installed 1.22.1-10\\nkeepalived installed 1:2.2.7-1\\n'"); // prettier-ignore
    write("var/lib/gatebox/package-versions", "haproxy 2.6.12-1\nkeepalived 1:2.2.7-1\nnginx 1.22.1-9\n");
    const lines = ["package haproxy", "package nginx", "package keepalived"];
    assert.deepEqual(found(lines), ["package haproxy older is 2.6.9-1, was 2.6.12-1"]);
  });

  it("mounts are compared with their units: the one that hides the others counts", () => {
    place("/etc/systemd/system/storage.mount", "[Mount]\nWhat=server-1:/vol\nWhere=/storage/a b\nType=glusterfs\n");
    const mounted = (what: string, type: string): string =>
      `36 35 0:50 / /storage/a\\040b rw,relatime shared:1 - ${type} ${what} rw\n`;
    write("proc/self/mountinfo", mounted("server-1:/vol", "fuse.glusterfs"));
    assert.deepEqual(found(), []);
    write("proc/self/mountinfo", mounted("server-1:/vol", "fuse.glusterfs") + mounted("tmpfs", "tmpfs"));
    assert.deepEqual(found(), ["mount /storage/a b other is tmpfs (tmpfs), declared server-1:/vol (glusterfs)"]);
    write("proc/self/mountinfo", mounted("server-9:/vol", "fuse.glusterfs"));
    assert.deepEqual(found(), ["mount /storage/a b other is server-9:/vol (fuse.glusterfs), declared server-1:/vol (glusterfs)"]); // prettier-ignore
    write("proc/self/mountinfo", "");
    assert.deepEqual(found(), ["mount /storage/a b missing server-1:/vol is not mounted"]);
  });

  it("a volume may be mounted from any of its servers, by the host's own choice of the first that answers", () => {
    const unit = (options: string): string =>
      `[Mount]\nWhat=10.0.0.1:/vol\nWhere=/storage\nType=glusterfs\nOptions=${options}\n`;
    const mounted = (what: string): void => write("proc/self/mountinfo", `36 35 0:50 / /storage rw shared:1 - fuse.glusterfs ${what} rw\n`); // prettier-ignore
    const chosen = (text: string): void => write("run/systemd/system/storage.mount.d/gatebox-server.conf", text);
    place(
      "/etc/systemd/system/storage.mount",
      unit("nodev,backup-volfile-servers=10.0.0.2:10.0.0.3,log-level=WARNING"),
    );
    for (const server of ["10.0.0.1", "10.0.0.2", "10.0.0.3"]) {
      mounted(`${server}:/vol`);
      chosen(`[Mount]\nWhat=${server}:/vol\n`);
      assert.deepEqual(found(), [], server);
    }
    for (const other of ["10.0.0.9:/vol", "10.0.0.2:/other", "10.0.0.2:/vol\nOptions=ro"]) {
      mounted("10.0.0.2:/vol");
      chosen(`[Mount]\nWhat=${other}\n`);
      assert.deepEqual(found(), ["unit storage.mount drop-in /run/systemd/system/storage.mount.d/gatebox-server.conf"], other); // prettier-ignore
    }
    chosen("[Mount]\nWhat=10.0.0.2:/vol\n");
    mounted("10.0.0.9:/vol");
    assert.deepEqual(found(), ["mount /storage other is 10.0.0.9:/vol (fuse.glusterfs), declared 10.0.0.1:/vol (glusterfs)"]); // prettier-ignore
    // Nobody chooses among the servers of a mount that has one.
    place("/etc/systemd/system/storage.mount", unit("nodev"));
    mounted("10.0.0.2:/vol");
    assert.equal(found().length, 2);
  });

  it("addresses are told, but for what a router or a lease has given", () => {
    program(
      "ip",
      "printf '2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\\n2: eth0    inet 10.0.0.9/24 scope global dynamic eth0\\n3: eth1    inet6 fd00::1/64 scope global \\n'",
    );
    found();
    assert.deepEqual(ask(root, [], path.join(root, "programs")).addresses, [
      { networkInterface: "eth0", address: "10.0.0.5" },
      { networkInterface: "eth1", address: "fd00::1" },
    ]);
  });

  it("what cannot be looked at is said, and the rest is told all the same", () => {
    unit("edge.service", {});
    program("systemctl", "exit 1");
    program("ip", "exit 1");
    write("var/lib/gatebox/edge/generations/1/lifecycle/links", links.join(""));
    assert.deepEqual(ask(root, [], path.join(root, "programs")).unknown, [
      "units of systemd: systemctl show fails",
      "addresses: ip address fails",
    ]);
  });

  it("its script needs no more than perl-base has, and no word of a host ends a line of the answer", () => {
    assert.deepEqual(verifyScript().match(/^use .*$/gm), ["use strict;", "use warnings;"]);
    assert.equal(spawnSync("perl", ["-c", "-"], { input: `${verifyScript()}__END__\n` }).status, 0);
    writeFileSync(path.join(root, "etc/gatebox/a\nend\u001b[2J"), "");
    assert.deepEqual(
      found().filter((line) => line.includes("etc/gatebox")),
      ["file /etc/gatebox/a?end?[2J extra"],
    );
  });
});
