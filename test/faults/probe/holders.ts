/** Who holds an address, over time. Pure. */

/** From a moment on, exactly these hosts hold (or answer for) the address. */
export interface Change {
  readonly at: number;
  readonly holders: readonly string[];
}

/** A span of time in which the same hosts hold the address. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly holders: readonly string[];
}

/** ARP is asked ten times a second: a host that is silent for five questions does not answer any more. */
export const ARP_SILENCE_MS = 500;

/** An answer to the question who has the address. */
export interface Reply {
  readonly at: number;
  readonly host: string;
}

/**
 * Whether a host has an IPv4 address, read from its kernel's table /proc/PID/net/fib_trie.
 *
 * @example
 * holdsIpv4("  |-- 192.168.0.33\n     /32 host LOCAL\n", "192.168.0.33"); // true
 */
export function holdsIpv4(fibTrie: string, address: string): boolean {
  const leaf = `|-- ${address}\n`;
  for (let at = fibTrie.indexOf(leaf); at >= 0; at = fibTrie.indexOf(leaf, at + 1)) {
    // A leaf's lines are indented deeper than it, one per prefix length.
    const rest = fibTrie.slice(at + leaf.length);
    if (/^(?: +\/\d+ .*\n)*? +\/32 host LOCAL/.test(rest)) return true;
  }
  return false;
}

/** Whether a host has an IPv6 address, read from /proc/PID/net/if_inet6 (32 digits per line, without colons). */
export function holdsIpv6(ifInet6: string, address: string): boolean {
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = (text: string): string[] =>
    text === "" ? [] : text.split(":").map((group) => group.padStart(4, "0"));
  const first = groups(head);
  const last = groups(tail ?? "");
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill("0000");
  const digits = [...first, ...zeros, ...last].join("");
  return ifInet6.split("\n").some((line) => line.startsWith(digits));
}

/** The changes as spans, the last one up to `end`. */
export function spansOf(changes: readonly Change[], end: number): readonly Span[] {
  return changes.map(({ at, holders }, n) => ({ from: at, to: changes[n + 1]?.at ?? end, holders }));
}

/** The changes that concern one host: when it came to hold the address, and when it ceased to. */
export function changesOf(host: string, changes: readonly Change[]): readonly Change[] {
  const own = changes.map(({ at, holders }) => ({ at, holders: holders.filter((holder) => holder === host) }));
  return own.filter(({ holders }, n) => n === 0 || holders.length !== own[n - 1]?.holders.length);
}

/**
 * Who answered, as changes: a host counts from one answer to the next unless that is longer away than `silenceMs`. At the
 * end, a host counts whose last answer is not longer ago than that.
 *
 * @param silenceMs longer than the time between two questions
 */
export function answerersOf(
  replies: readonly Reply[],
  begin: number,
  end: number,
  silenceMs: number,
): readonly Change[] {
  const edges: { at: number; host: string; answers: boolean }[] = [];
  for (const host of new Set(replies.map((reply) => reply.host))) {
    const times = replies.filter((reply) => reply.host === host).map(({ at }) => at);
    times
      .sort((a, b) => a - b)
      .forEach((at, n) => {
        const last = times[n - 1];
        const next = times[n + 1] ?? end;
        if (last === undefined || at - last > silenceMs) edges.push({ at, host, answers: true });
        if (next - at > silenceMs) edges.push({ at, host, answers: false });
      });
  }
  const current = new Set<string>();
  const changes: Change[] = [{ at: begin, holders: [] }];
  for (const { at, host, answers } of edges.sort((a, b) => a.at - b.at)) {
    if (answers) current.add(host);
    else current.delete(host);
    changes.push({ at, holders: [...current].sort() });
  }
  return changes;
}

/** Total milliseconds of a span of time in which the number of holders was one that `counts`. */
export function timeWith(
  spans: readonly Span[],
  from: number,
  to: number,
  counts: (holders: number) => boolean,
): number {
  return spans
    .filter(({ holders }) => counts(holders.length))
    .reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0);
}

/** Milliseconds from a moment until exactly one host holds the address for good; Infinity when that never comes. */
export function timeUntilOne(spans: readonly Span[], from: number): number {
  let since: number | undefined;
  for (const span of spans.filter(({ from: begin, to }) => to > begin && to > from)) {
    since = span.holders.length === 1 ? (since ?? span.from) : undefined;
  }
  return since === undefined ? Infinity : Math.max(0, since - from);
}
