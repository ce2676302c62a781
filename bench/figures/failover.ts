import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../lab/run.ts";
import { project } from "../../lab/stack.ts";
import { quantity } from "../../test/faults/report/text.ts";
import type { Result } from "../../test/faults/report/write.ts";
import type { Figure, Row } from "../figure.ts";

/** Minutes until the suite has hung: some thirty faults of a quarter of a minute, and hosts that boot. */
const MINUTES = 40;

type Finding = Result["findings"][number];

/** What the table has columns for, by the names that the suite gives it. */
const OUTAGE = ["outage while broken", "longest silence of a connection"];
const FAIL_BACK = ["outage after healing"];
const LOST = ["requests lost", "messages lost"];

function valueOf({ value, unit }: Finding): string {
  return quantity(value ?? Infinity, unit);
}

function boundOf(finding: Finding | undefined): string {
  return finding?.bound === undefined ? "" : quantity(finding.bound, finding.unit);
}

/** Whether a bound is worth a word: those on the number of holders are all 0 and, while they are kept, go without saying. */
function telling({ what, ok, bound }: Finding): boolean {
  if (ok && what.includes("had too few of")) return false;
  return bound !== undefined && (!ok || !/^(edge|egress|gateways|nat): /.test(what) || what.includes("until one"));
}

/** A fault's findings as a row of the table. Pure. */
export function rowOf({ title, findings }: Result): Row {
  const called = (names: readonly string[]): Finding | undefined => findings.find(({ what }) => names.includes(what));
  const [outage, failBack, lost] = [called(OUTAGE), called(FAIL_BACK), called(LOST)];
  const others = findings.filter((finding) => telling(finding) && finding !== outage && finding !== failBack);
  const words = others.map((each) => `${each.what}: ${valueOf(each)} (${each.ok ? "" : "broken, "}${boundOf(each)})`);
  return {
    what: title,
    value: outage?.value ?? 0,
    unit: "ms",
    ...(outage?.bound === undefined ? {} : { target: boundOf(outage) }),
    besides: [
      failBack === undefined ? "" : valueOf(failBack),
      boundOf(failBack),
      lost === undefined ? "" : valueOf(lost),
      words.join("; "),
    ],
  };
}

/** Runs the suite on a lab that is up, and gives the file of what it found. A bound that breaks is a finding as well. */
async function runSuite(lab: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "gatebox-failover-"));
  const mocha = ["node_modules/mocha/bin/mocha.js", "--config", "test/faults.mocharc.json"];
  await run(process.execPath, mocha, {
    cwd: project,
    env: { ...process.env, GATEBOX_LAB: lab, GATEBOX_FAULTS_OUT: directory },
    timeoutSeconds: MINUTES * 60,
  });
  return path.join(directory, "results.json");
}

export const failover: Figure = {
  name: "failover",
  title: "What users notice when something breaks",
  how:
    "Every fault of `test/faults` once, a request every 10 ms. The outage is the longest stretch in which no request was " +
    "answered well, from the last good one before it to the first one after it, less those 10 ms; of long connections it " +
    "is the longest silence. The fail-back is the same from the healing on, when an address may move back. A run of the suite that there is already can be " +
    "shown as well: `GATEBOX_FAULTS_RESULTS=test/faults/out/results.json npm run bench -- failover`.",
  headings: ["Fault", "Outage", "At most", "Fail-back", "At most", "Lost", "Other bounds"],
  onLab: false,
  measure: async (open) => {
    const given = process.env["GATEBOX_FAULTS_RESULTS"];
    const file = given ?? (await runSuite((await open()).lab.name));
    return (JSON.parse(readFileSync(file, "utf8")) as Result[]).map(rowOf);
  },
};
