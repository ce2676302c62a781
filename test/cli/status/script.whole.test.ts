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

describe("the script of gatebox status", function () {
  // A probe that is silent is given eight seconds.
  this.timeout(30_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "gatebox-status-"));
    mkdirSync(path.join(root, "etc/gatebox"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** An assembly with a probe of one line. */
  function place(name: string, probe: string): void {
    const tree = path.join(root, `var/lib/gatebox/${name}/generations/1`);
    mkdirSync(path.join(tree, "lifecycle"), { recursive: true });
    writeProgram(path.join(tree, "lifecycle/probe"), probe);
    symlinkSync(tree, path.join(root, "etc/gatebox", name));
  }

  /** Runs it as a host's root would, beside programs of its own. */
  function ask(): HostFacts {
    const programs = path.join(root, "programs");
    mkdirSync(programs, { recursive: true });
    writeProgram(
      path.join(programs, "ip"),
      "printf '1: lo inet 127.0.0.1/8 scope\\n2: eth inet 192.168.1.254/32 scope\\n2: eth inet6 fe80::1/64 scope\\n'",
    );
    const env = { PATH: `${programs}:${process.env["PATH"] ?? ""}`, GATEBOX_ROOT: root };
    const { stdout, stderr } = spawnSync("sh", ["-s"], { input: statusQuestion.script, env, encoding: "utf8" });
    assert.equal(stderr, "");
    const facts = parseFacts(stdout);
    assert.ok(facts?.whole, stdout);
    return facts;
  }

  it("tells which assemblies a host has, which of them work, and with what words the others do not", () => {
    place("gateway", "exit 0");
    place("vip", "echo one >&2; echo 'keepalived is not running' >&2; exit 1");
    place("network", "exec sleep 60");
    const seconds = Date.now() / 1000;
    const { assemblies, clock = 0 } = ask();
    assert.deepEqual(
      assemblies.map(({ name, failure }) => [name, failure]),
      [
        ["gateway", undefined],
        ["network", "no answer within 8 s"],
        ["vip", "keepalived is not running"],
      ],
    );
    for (const time of [clock, ...assemblies.map(({ changed }) => changed)]) assert.ok(Math.abs(time - seconds) < 30);
  });

  it("tells of a transaction that is open", () => {
    place("gateway", "exit 0");
    place("vip", "exit 0");
    writeFileSync(path.join(root, "var/lib/gatebox/vip/journal"), "1 2\n");
    assert.deepEqual(
      ask().assemblies.map(({ name, interrupted }) => [name, interrupted]),
      [
        ["gateway", false],
        ["vip", true],
      ],
    );
  });

  it("tells the addresses that the host has", () => {
    assert.deepEqual([...ask().addresses], ["127.0.0.1", "192.168.1.254", "fe80::1"]);
  });

  it("gives a probe the tree that is live", () => {
    place("gateway", '[ -x "$CURRENT/lifecycle/probe" ] || exit 1');
    assert.equal(ask().assemblies[0]?.failure, undefined);
  });

  it("lets no probe write a line of its own", () => {
    place("gateway", "printf 'serves\\nend\\rassembly x 1\\n' >&2; exit 1");
    assert.deepEqual(
      ask().assemblies.map(({ name, failure }) => [name, failure]),
      [["gateway", "endassembly x 1"]],
    );
  });

  describe("asks the host's own Prometheus for its alerts", () => {
    /** What `curl` does there. */
    function curl(line: string): void {
      place("prometheus", "exit 0");
      const settings = path.join(root, "etc/gatebox/prometheus/lifecycle/settings");
      writeFileSync(settings, settingsOfPrometheus());
      mkdirSync(path.join(root, "programs"));
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
      place("gateway", "exit 0");
      assert.equal(ask().alerts, undefined);
    });
  });
});
