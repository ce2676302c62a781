import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { noServices } from "../../../cli/verify/services.ts";
import { driftText } from "../../../cli/verify/text.ts";
import { hunksOf } from "../../../cli/render/differences.ts";
import { parseAnswer, type ToldDrift } from "../../../cli/verify/answer.ts";
import { questionFor } from "../../../cli/verify/question.ts";
import { boxUnits } from "../../../render/boxUnits.ts";
import { registry } from "../../../render/registry.ts";
import { parseProtobox } from "../../box/parsing.ts";

describe("gatebox verify compares rules with those that stand", function () {
  this.timeout(60_000);
  const box = parseProtobox();
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), "gatebox-verify-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  /** Does something in a network namespace of its own, where the declared rules of an assembly stand, and asks then. */
  function after(hostName: string, assembly: string, change: string): readonly ToldDrift[] {
    const host = box.hosts[hostName] ?? assert.fail(hostName);
    const [table] = registry.assemblies.find(({ name }) => name === assembly)?.tables ?? assert.fail("it has a table");
    assert.ok(table);
    const tree = path.join(root, `var/lib/gatebox/${assembly}/generations/1`);
    for (const unit of boxUnits(box, "gatebox").filter((one) => one.host === host.name && one.assembly === assembly))
      for (const file of unit.files) {
        const place = path.join(tree, file.path);
        mkdirSync(path.dirname(place), { recursive: true });
        writeFileSync(place, file.text);
      }
    mkdirSync(path.join(root, "etc/gatebox"), { recursive: true });
    rmSync(path.join(root, "etc/gatebox", assembly), { force: true });
    symlinkSync(tree, path.join(root, "etc/gatebox", assembly));
    const input = questionFor([`table ${assembly} ${table.family} ${table.name} ${table.file}`]);
    const script = `cd "$1" && nft -f "$2"; { ${change}; } >/dev/null 2>&1; exec perl -`;
    const file = path.join(tree, table.file);
    const ran = spawnSync("unshare", ["--net", "sh", "-uc", script, "sh", path.dirname(file), path.basename(file)], {
      input,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], GATEBOX_ROOT: root },
    });
    assert.equal(ran.stderr, "");
    const answer = parseAnswer(ran.stdout) ?? assert.fail(ran.stdout);
    assert.ok(answer.whole);
    assert.deepEqual(
      answer.unknown.filter((one) => one.includes("gatebox_")),
      [],
    );
    return answer.drifts.filter(({ kind }) => kind === "rules");
  }

  for (const [host, assembly, chain] of [
    ["gateway-1", "firewall", "input"],
    ["gateway-4", "nat", "forward"],
    ["gateway-1", "gateway", "input"],
  ] as const) {
    describe(`of the ${assembly} of ${host}`, () => {
      const table = { firewall: "gatebox_firewall", nat: "gatebox_nat", gateway: "gatebox_border" }[assembly];

      it("and finds nothing where they stand, whatever was counted", () => {
        assert.deepEqual(after(host, assembly, "ip link set lo up; ping -c 1 -W 1 127.0.0.1"), []);
      });

      it("and tells a rule that was added, as a difference", () => {
        const [drift] = after(host, assembly, `nft insert rule inet ${table} ${chain} ip saddr 10.9.9.9 accept`);
        assert.deepEqual([drift?.where, drift?.problem], [`inet ${table}`, "content"]);
        const lines = hunksOf(drift?.declared ?? "", drift?.there ?? "").filter((line) => /^[+-]/.test(line));
        assert.deepEqual(lines, ["+\t\tip saddr 10.9.9.9 accept"]);
      });

      it("and rules that were flushed", () => {
        const [drift] = after(host, assembly, `nft flush chain inet ${table} ${chain}`);
        assert.equal(drift?.problem, "content");
        assert.match(hunksOf(drift.declared ?? "", drift.there ?? "").join("\n"), /^-\t\t/m);
      });

      it("and a table that is gone", () => {
        const drifts = after(host, assembly, `nft delete table inet ${table}`);
        assert.deepEqual(
          drifts.map(({ problem }) => problem),
          ["missing"],
        );
      });
    });
  }

  it("and passes over what sets have noted of packets, and no element that is declared", () => {
    const note = "nft add element inet gatebox_nat full_0 '{ 192.168.2.9 timeout 60s }'";
    assert.deepEqual(after("gateway-4", "nat", note), []);
    const [drift] = after("gateway-4", "nat", "nft delete element inet gatebox_nat box_hosts '{ 192.168.0.30 }'");
    assert.equal(drift?.problem, "content");
  });

  it("and prints what it has found with its difference", () => {
    const [told] = after("gateway-1", "firewall", "nft flush chain inet gatebox_firewall input");
    assert.ok(told);
    const { declared = "", there = "", ...drift } = told;
    const hosts = [{ host: "gateway-1", unknown: [], drifts: [{ ...drift, diff: hunksOf(declared, there) }] }];
    assert.match(
      driftText({ box: "protobox", hosts, virtualIps: [], services: noServices }),
      /gateway-1: rules inet gatebox_firewall \(firewall\): changed by hand \(other rules stand than declared\)\n@@/,
    );
  });
});
