/** Faults as tests of mocha. */
import assert from "node:assert/strict";
import { ensureTestPrograms } from "../prerequisites.ts";
import { labNamed, readRecord } from "../../lab/state.ts";
import type { Fault } from "./fault.ts";
import { limitOf } from "./limits.ts";
import { measure } from "./measure.ts";
import { assertSteady, record } from "./record.ts";
import { conditionsNow } from "./report/conditions.ts";
import type { Entry } from "./report/html.ts";
import { svgOf } from "./report/svg.ts";
import { described } from "./report/text.ts";
import { writeReport } from "./report/write.ts";
import { findingsOf } from "./verdict.ts";

/** Milliseconds until the suite's own programs are there: apt may have to install arping(8) first. */
export const PREPARATION_MS = 300_000;

/** Hosts that a lab must have for a fault. */
export function hostsOf({ vips, probe, needs = [] }: Fault): readonly string[] {
  const all = [...vips.flatMap(({ hosts, neighbour }) => [...hosts, neighbour]), probe.from, probe.echo?.host ?? ""];
  return [...new Set([...all, ...needs])].filter((host) => host !== "" && host !== "operator");
}

/** Leaves a test out, and says on its line which hosts the lab would have to have. */
export function skipWithout(context: Mocha.Context, missing: readonly string[]): void {
  if (context.test !== undefined) context.test.title += ` (a lab without ${missing.join(" and ")})`;
  context.skip();
}

/** Declares a test for each fault, on the lab that $GATEBOX_LAB names; faults of hosts that it has not are left out. */
export function describeFaults(faults: readonly Fault[]): void {
  describe("what users notice when something breaks", () => {
    const lab = labNamed();
    const conditions = conditionsNow();
    const entries: Entry[] = [];
    const skipped: string[] = [];
    let hosts: readonly string[] = [];

    before(async function () {
      this.timeout(PREPARATION_MS);
      ensureTestPrograms();
      const found = await readRecord(lab);
      assert.ok(found !== undefined, `lab ${lab.name} is not up: \`npm start\` or \`npm run lab -- up\` makes it`);
      hosts = found.hosts;
    });
    after(async () => {
      if (entries.length > 0) console.log(`      report: ${await writeReport(entries, { ...conditions, skipped })}`);
    });

    for (const fault of faults) {
      it(fault.title, async function () {
        this.timeout(limitOf(fault));
        const missing = hostsOf(fault).filter((host) => !hosts.includes(host));
        if (missing.length > 0) {
          skipped.push(fault.name);
          skipWithout(this, missing);
        }
        const { run, findings, late } = await measure(
          () => record(lab, hosts, fault),
          (taken) => findingsOf(taken, fault.expect),
        );
        entries.push({ name: fault.name, title: fault.title, findings, svg: svgOf(run) });
        await writeReport(entries, { ...conditions, skipped });
        assert.equal(late, undefined, late);
        assertSteady(run);
        const broken = findings.filter(({ ok }) => !ok).map(described);
        assert.deepEqual(broken, [], `users noticed more than they may:\n${findings.map(described).join("\n")}`);
      });
    }
  });
}
