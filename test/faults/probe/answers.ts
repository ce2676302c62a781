/** What probes find out, and what is to be read from it. Pure. */

/** One probe: a request and what became of it. Times are of {@link file://./clock.ts}. */
export interface Answer {
  readonly sentAt: number;
  /** When the answer was there, or when it was given up. */
  readonly endedAt: number;
  readonly ok: boolean;
  /** HTTP status; 0 when there was no answer. Connections and datagrams that are answered have 200 too. */
  readonly status: number;
  /** Who answered, as far as the answer says: a pod, a host, or the source address that an echo server saw. */
  readonly server: string;
  /** Why there was no answer, in the words of the system: ECONNREFUSED, or `limit` when it took too long. */
  readonly error?: string;
  /** Number of the long connection that it belongs to. */
  readonly flow?: number;
}

/** What users noticed in a span of time. */
export interface Outage {
  /**
   * Longest stretch in which no request was answered well and within a second, and one at least was sent: from the sending
   * of the last good one before it to that of the first good one after it, less the interval that is usual between two.
   */
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
 * The outage of a span. One that reaches into the span from either side counts whole; before the first good answer and
 * after the last one the span's own ends count, so that a span in which nothing is answered well is one outage. A prober
 * that sent nothing for a while has seen no outage; see {@link stallOf}.
 *
 * @param from begin of the span, in milliseconds
 * @param to its end
 * @param intervalMs the usual time between two requests
 * @example
 * outageOf(answers, brokenAt, healedAt, 10).outageMs; // 312.4
 */
export function outageOf(answers: readonly Answer[], from: number, to: number, intervalMs: number): Outage {
  const inside = answers.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const gap = longestOutage(answers, from, to);
  return {
    outageMs: Math.max(0, gap.to - gap.from - intervalMs),
    lost: inside.filter(({ ok }) => !ok).length,
    sent: inside.length,
    slowestMs: inside.reduce((slowest, { sentAt, endedAt }) => Math.max(slowest, endedAt - sentAt), 0),
  };
}

/** The longest outage that reaches into a span, empty where there is none; see {@link outageOf}. */
export function longestOutage(
  answers: readonly Answer[],
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  let longest = { from, to: from };
  for (const { begin = from, firstLost, end = to } of outages(answers)) {
    if (end < from || firstLost >= to) continue;
    if (end - begin > longest.to - longest.from) longest = { from: begin, to: end };
  }
  return longest;
}

/** Requests that were not served well, one after the other, between two that were. */
interface Stretch {
  /** When the last good one before it was sent; undefined where there was none. */
  readonly begin: number | undefined;
  readonly firstLost: number;
  /** When the first good one after it was sent; undefined where there was none. */
  readonly end: number | undefined;
}

function outages(answers: readonly Answer[]): readonly Stretch[] {
  const all: Stretch[] = [];
  let begin: number | undefined;
  let firstLost: number | undefined;
  for (const answer of [...answers].sort((a, b) => a.sentAt - b.sentAt)) {
    if (!servedWell(answer)) {
      firstLost ??= answer.sentAt;
      continue;
    }
    if (firstLost !== undefined) all.push({ begin, firstLost, end: answer.sentAt });
    begin = answer.sentAt;
    firstLost = undefined;
  }
  return firstLost === undefined ? all : [...all, { begin, firstLost, end: undefined }];
}

/**
 * How long the prober itself was kept from sending in a span of time: the longest time in which it sent nothing, less the
 * interval. What it measures cannot be more exact than this.
 */
export function stallOf(answers: readonly Answer[], from: number, to: number, intervalMs: number): number {
  const sent = answers.map(({ sentAt }) => sentAt).filter((at) => at > from && at < to);
  return Math.max(0, longestStep([from, ...sent.sort((a, b) => a - b), to]) - intervalMs);
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
