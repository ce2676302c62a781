import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseFacts, type HostFacts } from "../../../cli/status/facts.ts";
import { statusQuestion } from "../../../cli/status/question.ts";
import { registry } from "../../../render/registry.ts";
import { monitoredBox } from "../../render/sampleMonitoring.ts";
import { writeProgram } from "../doctor/programs.ts";

/** What the host's own Prometheus is run with. */
function settingsOfPrometheus(): string {
  const box = monitoredBox();
  const host = box.hosts["gateway-4"] ?? assert.fail("gateway-4");
  const assembly = registry.assembliesOf(box, host).find(({ name }) => name === "prometheus");
  const file = assembly?.files(box, host, registry).find((one) => one.path === "lifecycle/settings");
  return file?.text ?? assert.fail("it has settings");
}

/** A unit as systemd shows it. */
interface Unit {
  readonly id: string;
  readonly state: string;
  readonly restart?: string;
  readonly remains?: boolean;
}

describe("the script of gatebox status", function () {
  this.timeout(30_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "gatebox-status-"));
    for (const part of ["etc/gatebox", "programs", "units"]) mkdirSync(path.join(root, part), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** An assembly with these units; `links` are further lines of its own. */
  function place(name: string, units: readonly Unit[] = [], links: readonly string[] = []): void {
    const tree = path.join(root, `var/lib/gatebox/${name}/generations/1`);
    mkdirSync(path.join(tree, "lifecycle"), { recursive: true });
    const lines = [...units.map(({ id }) => `/etc/systemd/system/${id} systemd/${id}`), ...links];
    if (lines.length > 0) writeFileSync(path.join(tree, "lifecycle/links"), lines.map((line) => `${line}\n`).join(""));
    for (const { id, state, restart = "no", remains = false } of units)
      writeFileSync(
        path.join(root, "units", id),
        `Restart=${restart}\nRemainAfterExit=${remains ? "yes" : "no"}\nId=${id}\nActiveState=${state}\n\n`,
      );
    symlinkSync(tree, path.join(root, "etc/gatebox", name));
  }

  /** Runs it as a host's root would, beside programs of its own. */
  function ask(): HostFacts {
    const programs = path.join(root, "programs");
    writeProgram(
      path.join(programs, "ip"),
      "printf '1: lo inet 127.0.0.1/8 scope\\n2: eth inet 192.168.1.254/32 scope\\n2: eth inet6 fe80::1/64 scope\\n'",
    );
    writeProgram(path.join(programs, "systemctl"), `shift 3; cd '${root}/units' && exec cat -- "$@"`);
    const env = { PATH: `${programs}:${process.env["PATH"] ?? ""}`, GATEBOX_ROOT: root };
    const { stdout, stderr } = spawnSync("sh", ["-s"], { input: statusQuestion.script, env, encoding: "utf8" });
    assert.equal(stderr, "");
    const facts = parseFacts(stdout);
    assert.ok(facts?.whole, stdout);
    return facts;
  }

  const failures = ({ assemblies }: HostFacts) => assemblies.map(({ name, runs, failure }) => [name, runs, failure]);

  it("tells which assemblies a host has, and when each was changed", () => {
    place("gateway", [{ id: "haproxy.service", state: "active", restart: "always" }]);
    place("network");
    const seconds = Date.now() / 1000;
    const facts = ask();
    assert.deepEqual(failures(facts), [
      ["gateway", true, undefined],
      ["network", true, undefined],
    ]);
    for (const time of [facts.clock ?? 0, ...facts.assemblies.map(({ changed }) => changed)])
      assert.ok(Math.abs(time - seconds) < 30);
  });

  const states = ["active", "activating", "reloading", "inactive", "deactivating", "failed"] as const;
  for (const [kind, unit, bad] of [
    ["a daemon", { id: "haproxy.service", restart: "always" }, ["inactive", "deactivating", "failed"]],
    ["rules that remain", { id: "gatebox-nat.service", remains: true }, ["inactive", "deactivating", "failed"]],
    ["what a timer calls", { id: "gatebox-metrics.service" }, ["failed"]],
    ["what is called until it succeeds", { id: "gatebox-vip-join.service", restart: "on-failure" }, ["failed"]],
    ["a timer", { id: "gatebox-metrics.timer" }, ["inactive", "deactivating", "failed"]],
    ["a mount", { id: "storage-shared.mount" }, ["inactive", "deactivating", "failed"]],
  ] as const) {
    it(`tells of ${kind} that is ${bad.join(" or ")}, and of nothing else`, () => {
      for (const state of states) place(state, [{ ...unit, id: `${state}-${unit.id}`, state }]);
      const told = failures(ask()).flatMap(([name, , failure]) => (failure === undefined ? [] : [[name, failure]]));
      assert.deepEqual(told.sort(), bad.map((state) => [state, `${state}-${unit.id} is ${state}`]).sort());
    });
  }

  it("knows a unit of the distribution by what is added to it, and asks for no template", () => {
    writeFileSync(path.join(root, "units/nginx.service"), "Id=nginx.service\nActiveState=failed\n\n");
    place(
      "webserver",
      [],
      [
        "/etc/systemd/system/gatebox-clock@.service systemd/clock.service",
        "/etc/systemd/system/nginx.service.d/gatebox.conf systemd/nginx.conf",
        "/etc/sysctl.d/gatebox.conf sysctl.conf",
      ],
    );
    assert.deepEqual(failures(ask()), [["webserver", false, "nginx.service is failed"]]);
  });

  it("tells of a transaction that is open", () => {
    place("gateway");
    place("vip");
    writeFileSync(path.join(root, "var/lib/gatebox/vip/journal"), "1 2\n");
    assert.deepEqual(
      ask().assemblies.map(({ name, interrupted }) => [name, interrupted]),
      [
        ["gateway", false],
        ["vip", true],
      ],
    );
  });

  it("tells what the last change was for and how the last transaction ended, as the runtime's record has it", () => {
    place("gateway");
    const record = "changed 1700000000\nunit mybox.pool\nunit mybox.wiki\nfailed 1\nlast failed\nunit ../evil x\n";
    writeFileSync(path.join(root, "var/lib/gatebox/gateway/record"), record);
    const [gateway] = ask().assemblies;
    assert.deepEqual(
      [gateway?.changed, gateway?.changedBy, gateway?.lastFailed],
      [1_700_000_000, ["mybox.pool", "mybox.wiki"], true],
    );
  });

  it("tells since when the host is drained", () => {
    assert.equal(ask().drained, undefined);
    mkdirSync(path.join(root, "var/lib/gatebox"), { recursive: true });
    writeFileSync(path.join(root, "var/lib/gatebox/drained"), "");
    assert.ok(Math.abs((ask().drained ?? 0) - Date.now() / 1000) < 30);
  });

  it("tells the addresses that the host has", () => {
    assert.deepEqual([...ask().addresses], ["127.0.0.1", "192.168.1.254", "fe80::1"]);
  });

  describe("asks the host's own Prometheus for its alerts", () => {
    /** What `curl` does there. */
    function curl(line: string): void {
      place("prometheus");
      mkdirSync(path.join(root, "etc/gatebox/prometheus/lifecycle"), { recursive: true });
      const settings = path.join(root, "etc/gatebox/prometheus/lifecycle/settings");
      writeFileSync(settings, settingsOfPrometheus());
      writeProgram(path.join(root, "programs/curl"), line);
    }

    it("and tells them in one line", () => {
      curl(`for url; do :; done; printf '{"url":\\n"%s"}\\n' "$url"`);
      assert.deepEqual(ask().alerts, { json: '{"url":"http://192.168.2.14:9090/prometheus/api/v1/alerts"}' });
    });

    it("or tells why there are none", () => {
      curl("echo 'curl: (7) refused' >&2; exit 7");
      assert.deepEqual(ask().alerts, { failure: "curl: (7) refused" });
    });

    it("and not another host's", () => {
      place("gateway");
      assert.equal(ask().alerts, undefined);
    });
  });
});
