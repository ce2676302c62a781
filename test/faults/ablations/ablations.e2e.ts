/**
 * Each fault once without what keeps users from noticing it: then its test has to fail. `npm run test:faults:ablations`, on
 * the lab that $GATEBOX_LAB names. Writes a table of what was seen beside the report of the faults.
 */
import assert from "node:assert/strict";
import { labNamed, readRecord } from "../../../lab/state.ts";
import { ensureTestPrograms } from "../../prerequisites.ts";
import { onHost, switchOnAgain } from "../breaking.ts";
import { faults } from "../faults/index.ts";
import { limitWithout } from "../limits.ts";
import { measure } from "../measure.ts";
import { record } from "../record.ts";
import { described } from "../report/text.ts";
import { writeAblations, type Seen } from "../report/ablationTable.ts";
import { PREPARATION_MS, hostsOf, skipWithout } from "../run.ts";
import { findingsOf } from "../verdict.ts";
import type { Ablation } from "./ablation.ts";
import { ablations } from "./ablations.ts";
import { saidBy, without, type Reach } from "./without.ts";

describe("what users notice without what keeps them from it", () => {
  const lab = labNamed();
  const seen: Seen[] = [];
  let hosts: readonly string[] = [];

  before(async function () {
    this.timeout(PREPARATION_MS);
    ensureTestPrograms();
    const found = await readRecord(lab);
    assert.ok(found !== undefined, `lab ${lab.name} is not up: \`npm start\` or \`npm run lab -- up\` makes it`);
    hosts = found.hosts;
  });
  after(async () => {
    if (seen.length > 0) console.log(`      table: ${await writeAblations(seen)}`);
  });

  /** The bounds that break, in words; or what went wrong, where the fault could not even be made. */
  async function brokenWithout({ change = (same) => same, ...ablation }: Ablation): Promise<readonly string[]> {
    const known = faults.find(({ name }) => name === ablation.fault);
    assert.ok(known !== undefined, `no fault is named ${ablation.fault}`);
    const fault = change(known);
    const reach: Reach = {
      onHost: (host, { name, script, args }) => onHost(lab, host, script, args, name),
      switchOn: (host) => switchOnAgain(lab, [host]),
    };
    try {
      const { findings, late } = await measure(
        () => without(ablation, reach, () => record(lab, hosts, fault)),
        (run) => findingsOf(run, fault.expect),
      );
      if (late !== undefined) throw new Error(late);
      return findings.filter(({ ok }) => !ok).map(described);
    } catch (error) {
      return [saidBy(error, ablation.breaks)];
    }
  }

  for (const ablation of ablations) {
    const known = faults.find(({ name }) => name === ablation.fault);
    it(`${ablation.fault} without ${ablation.mechanism}`, async function () {
      if (known !== undefined) this.timeout(limitWithout(known, ablation));
      const missing = known === undefined ? [] : hostsOf(known).filter((host) => !hosts.includes(host));
      if (missing.length > 0) skipWithout(this, missing);
      const broken = await brokenWithout(ablation);
      seen.push({ fault: known?.title ?? "", mechanism: ablation.mechanism, said: broken });
      await writeAblations(seen);
      assert.ok(
        broken.some((words) => words.startsWith(ablation.breaks)),
        `"${ablation.breaks}" kept its bound without ${ablation.mechanism}; broken: ${broken.join("; ") || "none"}`,
      );
    });
  }
});
