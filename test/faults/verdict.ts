/** What a run amounts to: each thing that was measured beside its bound. Pure. */
import { flowsOf, outageOf, stallOf, type Answer } from "./probe/answers.ts";
import { ARP_SILENCE_MS, answerersOf, spansOf, timeUntilOne, timeWith } from "./probe/holders.ts";
import { TICK_MS } from "./probe/options.ts";
import type { Expectation } from "./fault.ts";
import type { Run } from "./record.ts";

/** One measured number. */
export interface Finding {
  readonly what: string;
  /** Infinity where something that should have come to pass never did. */
  readonly value: number;
  readonly unit: "ms" | "";
  /** The most that it may be; without one it is only reported. */
  readonly bound?: number;
  readonly ok: boolean;
}

/** How long two hosts may answer after the healing, unless a fault says otherwise. */
const TWO_ANSWER_MS = 1000;

/** Requests that a broken server must have answered: with fewer, nothing was broken for anybody. */
const FEWEST = 10;

/** How late the prober may be, as a part of the narrowest bound: what it measures is no more exact than it is prompt. */
const LATE_SHARE = 0.5;

/** A flow whose messages wait for each other is alive when one of the last five seconds was answered: each may take a while. */
const ALIVE_MS = 5000;

const LATE = "prober late by at most";

/** Whether the prober was too late for its bounds, in words; undefined where it was not. */
export function lateIn(findings: readonly Finding[]): string | undefined {
  const late = findings.find(({ what, ok }) => what === LATE && !ok);
  if (late === undefined) return undefined;
  return `the prober itself was late by ${late.value} ms; to measure these bounds it may be ${late.bound} ms`;
}

/** Of a prober whose requests wait for each other, nothing can be said. */
function lateness(run: Run, expect: Expectation, everyMs: number): readonly Finding[] {
  return run.onGrid ? [latenessOnGrid(run, expect, everyMs)] : [];
}

function latenessOnGrid({ answers, brokenAt, endedAt }: Run, expect: Expectation, everyMs: number): Finding {
  const { outageMs, failBackMs, slowestMs, wholeWithinMs, flowGapMs, elsewhere } = expect;
  const bounds = [outageMs, failBackMs, slowestMs, wholeWithinMs, flowGapMs, elsewhere?.slowestMs];
  const narrowest = Math.min(...bounds.filter((bound) => bound !== undefined));
  const most = Number.isFinite(narrowest) ? narrowest * LATE_SHARE : undefined;
  return finding(LATE, stallOf(answers, brokenAt, endedAt, everyMs), "ms", most);
}

/** The findings on one run, those with a bound first. */
export function findingsOf(run: Run, expect: Expectation): readonly Finding[] {
  const noticed = run.noticed.map(({ what, value, unit, bound }) => finding(what, value, unit, bound));
  const all = [...forUsers(run, expect), ...forFlows(run, expect), ...forHolders(run, expect), ...noticed];
  return [...all.filter(({ bound }) => bound !== undefined), ...all.filter(({ bound }) => bound === undefined)];
}

function finding(what: string, value: number, unit: Finding["unit"], bound?: number): Finding {
  const rounded = unit === "ms" ? Math.round(value) : value;
  return bound === undefined
    ? { what, value: rounded, unit, ok: true }
    : { what, value: rounded, unit, bound, ok: value <= bound };
}

function forUsers(run: Run, expect: Expectation): readonly Finding[] {
  if (run.answers.some(({ flow }) => flow !== undefined)) return [];
  const { answers, intervalMs, brokenAt, healedAt, endedAt } = run;
  const broken = outageOf(answers, brokenAt, healedAt, intervalMs);
  const healed = outageOf(answers, healedAt, endedAt, intervalMs);
  const since = answers.filter(({ sentAt }) => sentAt >= brokenAt);
  return [
    finding("outage while broken", broken.outageMs, "ms", expect.outageMs),
    finding("outage after healing", healed.outageMs, "ms", expect.failBackMs),
    finding("requests lost", since.filter(({ ok }) => !ok).length, "", expect.lost),
    finding("requests without an answer", since.filter(({ status }) => status === 0).length, "", expect.unanswered),
    finding("slowest request", Math.max(broken.slowestMs, healed.slowestMs), "ms", expect.slowestMs),
    ...forElsewhere(since, expect),
    finding("until nothing was lost", timeUntilWhole(run), "ms", expect.wholeWithinMs),
    finding("requests sent", since.length, ""),
    ...lateness(run, expect, intervalMs),
  ];
}

function forElsewhere(since: readonly Answer[], { elsewhere }: Expectation): readonly Finding[] {
  if (elsewhere === undefined) return [];
  const others = since.filter(({ server }) => server !== elsewhere.than);
  const slowest = others.reduce((most, { sentAt, endedAt }) => Math.max(most, endedAt - sentAt), 0);
  const broken = since.length - others.length;
  return [
    finding("requests lost elsewhere", others.filter(({ ok }) => !ok).length, "", 0),
    finding("requests that the broken one had too few of", Math.max(0, FEWEST - broken), "", 0),
    finding("slowest request elsewhere", slowest, "ms", elsewhere.slowestMs),
    finding(
      "of 100 requests, with the broken one",
      Math.round((100 * broken) / Math.max(since.length, 1)),
      "",
      elsewhere.brokenOf100,
    ),
  ];
}

/** From the end of the healing until the last request that was lost was sent; Infinity when the very last one was. */
function timeUntilWhole({ answers, mendedAt, endedAt, intervalMs }: Run): number {
  const lost = answers.filter(({ ok, sentAt }) => !ok && sentAt >= mendedAt).map(({ sentAt }) => sentAt);
  const last = Math.max(mendedAt, ...lost);
  return last > endedAt - 2 * intervalMs ? Infinity : last - mendedAt;
}

function forFlows(run: Run, expect: Expectation): readonly Finding[] {
  const flows = flowsOf(run.answers, run.endedAt - (run.onGrid ? 1000 : ALIVE_MS));
  if (flows.length === 0) return [];
  // One that is not over by the end is a silence as well.
  const lasting = flows.map(({ flow }) => run.endedAt - lastAnswered(run, flow));
  const gap = Math.max(...flows.map(({ gapMs }) => gapMs), ...lasting);
  const strangers = new Set(flows.flatMap(({ sources }) => sources.filter((source) => source !== expect.source)));
  return [
    finding("connections that did not go on", flows.filter(({ alive }) => !alive).length, "", 0),
    finding("longest silence of a connection", gap, "ms", expect.flowGapMs),
    ...(expect.source === undefined ? [] : [finding("foreign source addresses", strangers.size, "", 0)]),
    ...lateness(run, expect, TICK_MS),
    finding("connections", flows.length, ""),
    finding(
      "messages lost",
      flows.reduce((sum, { lost }) => sum + lost, 0),
      "",
      expect.lost,
    ),
  ];
}

/** When the last answer of a flow was there. */
function lastAnswered({ answers, beganAt }: Run, flow: number): number {
  return answers.reduce((last, one) => (one.flow === flow && one.ok ? Math.max(last, one.endedAt) : last), beganAt);
}

function forHolders(run: Run, expect: Expectation): readonly Finding[] {
  return run.vips.flatMap(({ vip, watched }, n) => {
    const held = spansOf(watched.changes, run.endedAt);
    const answered = spansOf(answerersOf(watched.replies, run.beganAt, run.endedAt, ARP_SILENCE_MS), run.endedAt);
    const { brokenAt, wholeAt, healedAt, endedAt } = run;
    const two = (count: number): boolean => count > 1;
    const none = (count: number): boolean => count === 0;
    const atEnd = held.at(-1)?.holders.length ?? 0;
    const twoAnswer = timeWith(answered, healedAt, endedAt, two);
    const within = n === 0 ? expect.oneAnswersWithinMs : undefined;
    return [
      finding(`${vip.name}: holders too many or too few at the end`, Math.abs(atEnd - 1), "", 0),
      finding(`${vip.name}: answering too many or too few at the end`, Math.abs(lastAnswering(run, n) - 1), "", 0),
      finding(`${vip.name}: two answered after healing`, twoAnswer, "ms", expect.twoAnswerMs ?? TWO_ANSWER_MS),
      ...(n > 0 || expect.failsBack !== true
        ? []
        : [
            finding(
              `${vip.name}: not back on ${run.holder}`,
              held.at(-1)?.holders.join() === run.holder ? 0 : 1,
              "",
              0,
            ),
          ]),
      ...(within === undefined
        ? []
        : [finding(`${vip.name}: until one answered`, timeUntilOne(cut(answered, healedAt), wholeAt), "ms", within)]),
      finding(`${vip.name}: two holders`, timeWith(held, brokenAt, endedAt, two), "ms"),
      finding(`${vip.name}: no holder`, timeWith(held, brokenAt, endedAt, none), "ms"),
    ];
  });
}

/** How many answered in the last moments. */
function lastAnswering(run: Run, n: number): number {
  const { replies = [] } = run.vips[n]?.watched ?? {};
  return new Set(
    replies.filter(({ at }) => at > run.endedAt - ARP_SILENCE_MS && at <= run.endedAt).map(({ host }) => host),
  ).size;
}

function cut<Each extends { readonly from: number; readonly to: number }>(spans: readonly Each[], end: number): Each[] {
  return spans.filter(({ from }) => from < end).map((span) => ({ ...span, to: Math.min(span.to, end) }));
}
