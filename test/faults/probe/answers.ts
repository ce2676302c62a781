/** What probes find out, and what is to be read from it. Pure. */

/** One probe: a request and what became of it. Times are of {@link file://./clock.ts}. */
export interface Answer {
  readonly sentAt: number;
  /** When the answer was there, or when it was given up. */
  readonly endedAt: number;
  readonly ok: boolean;
  /** HTTP status; 0 when there was no answer. Connections and datagrams that are answered have 200 too. */
  readonly status: number;
  /** Who answered, as far as the answer tells: a pod, a host, or the source address that an echo server saw. */
  readonly server: string;
  /** Why there was no answer, in the words of the system: ECONNREFUSED, or `limit` when it took too long. */
  readonly error?: string;
  /** Number of the long connection that it belongs to. */
  readonly flow?: number;
}

/** What users noticed in a span of time. */
export interface Outage {
  /** Longest time between the sending of two requests that were answered well and within a second, less the interval that is usual between them. */
  readonly outageMs: number;
  /** Requests that were sent in the span and not answered well. */
  readonly lost: number;
  /** Requests that were sent in the span. */
  readonly sent: number;
  /** Longest that an answer took, good or not, among those sent in the span. */
  readonly slowestMs: number;
}

/** A user does not wait longer than this: a later answer ends no outage, whatever time a prober gives its requests. */
const PATIENCE_MS = 1000;

/** Whether an answer was good, and there in time. */
function servedWell({ ok, sentAt, endedAt }: Answer): boolean {
  return ok && endedAt - sentAt <= PATIENCE_MS;
}

/**
 * The outage of a span. A gap that reaches into the span from either side counts whole; before the first answer and after the
 * last one the span's own ends count, so that a span without any answer is one outage.
 *
 * @param from begin of the span, in milliseconds
 * @param to its end
 * @param intervalMs the usual time between two requests
 * @example
 * outageOf(answers, brokenAt, healedAt, 10).outageMs; // 312.4
 */
export function outageOf(answers: readonly Answer[], from: number, to: number, intervalMs: number): Outage {
  const inside = answers.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const gap = longestGap(answers, from, to);
  return {
    outageMs: Math.max(0, gap.to - gap.from - intervalMs),
    lost: inside.filter(({ ok }) => !ok).length,
    sent: inside.length,
    slowestMs: inside.reduce((slowest, { sentAt, endedAt }) => Math.max(slowest, endedAt - sentAt), 0),
  };
}

/** The longest time between the sending of two requests that were answered well and within a second that reaches into a span; see {@link outageOf}. */
export function longestGap(
  answers: readonly Answer[],
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  const good = answers
    .filter(servedWell)
    .map(({ sentAt }) => sentAt)
    .sort((a, b) => a - b);
  const before = good.findLast((at) => at < from) ?? from;
  const after = good.find((at) => at >= to) ?? to;
  let longest = { from: before, to: before };
  [...good.filter((at) => at >= from && at < to), after].reduce((last, at) => {
    if (at - last > longest.to - longest.from) longest = { from: last, to: at };
    return at;
  }, before);
  return longest;
}

/**
 * How long the prober itself was kept from sending: the longest time between two requests, less the interval. What it
 * measures cannot be more exact than this.
 */
export function stallOf(answers: readonly Answer[], intervalMs: number): number {
  const sent = answers.map(({ sentAt }) => sentAt).sort((a, b) => a - b);
  return Math.max(0, longestStep(sent) - intervalMs);
}

/** What became of one of many long connections. */
export interface Flow {
  readonly flow: number;
  /** Longest silence: the time between two answers that arrived one after the other. */
  readonly gapMs: number;
  /** Whether messages were still answered at the end. */
  readonly alive: boolean;
  /** Messages that were never answered: none in TCP while the connection lives, those of the outage in UDP. */
  readonly lost: number;
  /** Source addresses that the far end saw. */
  readonly sources: readonly string[];
}

/**
 * What became of each flow.
 *
 * @param aliveFrom a flow lives when one of its messages sent from then on was answered
 */
export function flowsOf(answers: readonly Answer[], aliveFrom: number): readonly Flow[] {
  const flows = new Map<number, Answer[]>();
  for (const answer of answers) {
    if (answer.flow === undefined) continue;
    const own = flows.get(answer.flow) ?? [];
    own.push(answer);
    flows.set(answer.flow, own);
  }
  return [...flows]
    .map(([flow, own]) => ({
      flow,
      gapMs: longestStep(
        own
          .filter(({ ok }) => ok)
          .map(({ endedAt }) => endedAt)
          .sort((a, b) => a - b),
      ),
      alive: own.some(({ ok, sentAt }) => ok && sentAt >= aliveFrom),
      lost: own.filter(({ ok }) => !ok).length,
      sources: [...new Set(own.map(({ server }) => server).filter((server) => server !== ""))].sort(),
    }))
    .sort((a, b) => a.flow - b.flow);
}

/** The longest step from one moment to the next. */
function longestStep(moments: readonly number[]): number {
  let longest = 0;
  moments.reduce((last, at) => {
    longest = Math.max(longest, at - last);
    return at;
  }, moments[0] ?? 0);
  return longest;
}
