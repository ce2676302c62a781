/** Faults as tests of mocha. */
import assert from "node:assert/strict";
import { ensureTestPrograms } from "../prerequisites.ts";
import { labNamed, readRecord } from "../../lab/state.ts";
import type { Fault } from "./fault.ts";
import { assertSteady, record } from "./record.ts";
import type { Entry } from "./report/html.ts";
import { svgOf } from "./report/svg.ts";
import { told } from "./report/text.ts";
import { writeReport } from "./report/write.ts";
import { findingsOf } from "./verdict.ts";

/** Minutes for one fault: a minute to settle, half a minute to happen, and two hosts that boot on a busy machine. */
export const MINUTES = 5;

/** Hosts that a lab must have for a fault. */
export function hostsOf({ vips, probe, needs = [] }: Fault): readonly string[] {
  const all = [...vips.flatMap(({ hosts, neighbour }) => [...hosts, neighbour]), probe.from, probe.echo?.host ?? ""];
  return [...new Set([...all, ...needs])].filter((host) => host !== "" && host !== "operator");
}

/** Declares a test for each fault, on the lab that $GATEBOX_LAB names; faults of hosts that it has not are left out. */
export function describeFaults(faults: readonly Fault[]): void {
  describe("what users notice when something breaks", () => {
    const lab = labNamed();
    const entries: Entry[] = [];
    let hosts: readonly string[] = [];

    before(async function () {
      // apt may have to install arping(8) first.
      this.timeout(MINUTES * 60_000);
      ensureTestPrograms();
      const found = await readRecord(lab);
      assert.ok(found !== undefined, `lab ${lab.name} is not up: \`npm start\` or \`npm run lab -- up\` makes it`);
      hosts = found.hosts;
    });
    after(async () => {
      if (entries.length > 0) console.log(`      report: ${await writeReport(entries)}`);
    });

    for (const fault of faults) {
      it(fault.title, async function () {
        this.timeout(MINUTES * 60_000);
        if (hostsOf(fault).some((host) => !hosts.includes(host))) this.skip();
        const run = await record(lab, fault);
        const findings = findingsOf(run, fault.expect);
        entries.push({ name: fault.name, title: fault.title, findings, svg: svgOf(run) });
        await writeReport(entries);
        assertSteady(run);
        const broken = findings.filter(({ ok }) => !ok).map(told);
        assert.deepEqual(broken, [], `users noticed more than they may:\n${findings.map(told).join("\n")}`);
      });
    }
  });
}
