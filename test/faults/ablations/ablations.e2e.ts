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
import { told } from "../report/text.ts";
import { writeRemoved, type Seen } from "../report/ablations.ts";
import { PREPARATION_MS, hostsOf } from "../run.ts";
import { findingsOf } from "../verdict.ts";
import type { Removal } from "./ablation.ts";
import { removals } from "./ablations.ts";
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
    if (seen.length > 0) console.log(`      table: ${await writeRemoved(seen)}`);
  });

  /** The bounds that break, in words; or what went wrong, where the fault could not even be made. */
  async function brokenWithout({ change = (same) => same, ...removal }: Removal): Promise<readonly string[]> {
    const known = faults.find(({ name }) => name === removal.fault);
    assert.ok(known !== undefined, `no fault is named ${removal.fault}`);
    const fault = change(known);
    const reach: Reach = {
      onHost: (host, script) => onHost(lab, host, script),
      switchOn: (host) => switchOnAgain(lab, [host]),
    };
    try {
      const { findings, late } = await measure(
        () => without(removal, reach, () => record(lab, fault)),
        (run) => findingsOf(run, fault.expect),
      );
      if (late !== undefined) throw new Error(late);
      return findings.filter(({ ok }) => !ok).map(told);
    } catch (error) {
      return [saidBy(error, removal.breaks)];
    }
  }

  for (const removal of removals) {
    const known = faults.find(({ name }) => name === removal.fault);
    it(`${removal.fault} without ${removal.mechanism}`, async function () {
      if (known !== undefined) this.timeout(limitWithout(known, removal.hosts.length));
      if (known !== undefined && hostsOf(known).some((host) => !hosts.includes(host))) this.skip();
      const broken = await brokenWithout(removal);
      seen.push({ fault: known?.title ?? "", mechanism: removal.mechanism, said: broken });
      await writeRemoved(seen);
      assert.ok(
        broken.some((words) => words.startsWith(removal.breaks)),
        `"${removal.breaks}" kept its bound without ${removal.mechanism}; broken: ${broken.join("; ") || "none"}`,
      );
    });
  }
});
