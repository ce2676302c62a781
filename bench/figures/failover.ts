import { existsSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, TIMED_OUT } from "../../lab/run.ts";
import { project } from "../../lab/stack.ts";
import { faults } from "../../test/faults/faults/index.ts";
import { quantity } from "../../test/faults/report/text.ts";
import type { Result, Suite } from "../../test/faults/report/write.ts";
import type { Figure, Row } from "../figure.ts";

/** Minutes until the suite has hung: some thirty faults of half a minute, hosts that boot, and what is measured twice. */
const MINUTES = 60;

/** Lines of the suite's output that say why it has no results. */
const LAST_LINES = 25;

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
  if (ok && (what.includes("had too few of") || what.startsWith("prober late"))) return false;
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

/**
 * What a run of the suite found.
 *
 * @param text its `results.json`; undefined where there is none
 * @param last what the suite said last, for the error
 * @throws when it is not whole: a table of some faults would pass for one of all
 */
export function suiteOf(text: string | undefined, last = ""): Suite {
  const words = last === "" ? "" : `; it said last:\n${last}`;
  if (text === undefined) throw new Error(`the suite has written no results${words}`);
  const suite = JSON.parse(text) as Suite | readonly unknown[];
  if (!("faults" in suite))
    throw new Error("results of an older suite: they do not say when and under what load it ran");
  const known = new Set([...suite.faults.map(({ name }) => name), ...suite.skipped]);
  const missing = faults.map(({ name }) => name).filter((name) => !known.has(name));
  if (missing.length > 0) throw new Error(`the suite has no results of ${missing.join(", ")}${words}`);
  return suite;
}

/** Runs the suite on a lab that is up, and gives what it found. A bound that breaks is a finding as well. */
async function runSuite(lab: string): Promise<Suite> {
  const directory = await mkdtemp(path.join(tmpdir(), "gatebox-failover-"));
  const mocha = ["node_modules/mocha/bin/mocha.js", "--config", "test/faults.mocharc.json"];
  const { code, stdout, stderr } = await run(process.execPath, mocha, {
    cwd: project,
    env: { ...process.env, GATEBOX_LAB: lab, GATEBOX_FAULTS_OUT: directory },
    timeoutSeconds: MINUTES * 60,
  });
  const ended = code === TIMED_OUT ? `(ended after ${MINUTES} minutes)` : `(status ${code})`;
  const last = [...`${stdout}\n${stderr}`.trim().split("\n").slice(-LAST_LINES), ended].join("\n");
  const file = path.join(directory, "results.json");
  return suiteOf(existsSync(file) ? readFileSync(file, "utf8") : undefined, last);
}

export const failover: Figure = {
  name: "failover",
  title: "What users notice when something breaks",
  how:
    "Every fault of `test/faults` for which the lab has hosts once, a request every 10 ms. The outage is the longest stretch in which no request was " +
    "answered well, from the last good one before it to the first one after it, less those 10 ms; of long connections it " +
    "is the longest silence. The fail-back is the same from the healing on, when an address may move back. A run of the suite that there is already can be " +
    "shown as well: `GATEBOX_FAULTS_RESULTS=test/faults/out/results.json npm run bench -- failover`.",
  headings: ["Fault", "Outage", "At most", "Fail-back", "At most", "Lost", "Other bounds"],
  onLab: false,
  measure: async (open, say) => {
    const given = process.env["GATEBOX_FAULTS_RESULTS"];
    const suite = given === undefined ? await runSuite((await open()).lab.name) : suiteOf(readFileSync(given, "utf8"));
    if (suite.skipped.length > 0) say(`the lab has not the hosts for ${suite.skipped.join(", ")}`);
    const { processors, loadBefore, date } = suite;
    return { rows: suite.faults.map(rowOf), under: { processors, loadBefore, date } };
  },
};
