/** What the measuring programs share: they run before everything else of the machine, and end when their pipe does. */
import { spawnSync } from "node:child_process";
import { setPriority } from "node:os";

/** Above every ordinary process and keepalived's own real-time priority of 50 at most, below nothing that matters here. */
const REAL_TIME_PRIORITY = "60";

/**
 * Puts this process before all others: on a busy machine a prober that waits for the processor would count its own
 * lateness as an outage. Where real time is not to be had, the best ordinary priority has to do, and where that is not
 * either (both need CAP_SYS_NICE), the one that it has: it reports how late it was.
 */
export function beFirst(): void {
  const chrt = ["--all-tasks", "--rr", "--pid", REAL_TIME_PRIORITY, String(process.pid)];
  if (spawnSync("chrt", chrt, { stdio: "ignore", timeout: 5000 }).status === 0) return;
  try {
    setPriority(-20);
  } catch {
    // As it is, then.
  }
}

/**
 * Runs `tick` at every multiple of the interval. A tick that is late is run once, the ones that were missed are not made
 * up for: the gap between two ticks shows how long the program was kept from running.
 *
 * @returns ends it
 */
export function everyTick(intervalMs: number, now: () => number, tick: (n: number) => void): () => void {
  const begin = now();
  let timer: NodeJS.Timeout | undefined;
  const next = (n: number): void => {
    timer = setTimeout(
      () => {
        tick(n);
        // A timer may be a fraction of a millisecond early: the next tick is a later one in any case.
        next(Math.max(n, Math.floor((now() - begin) / intervalMs)) + 1);
      },
      begin + n * intervalMs - now(),
    );
  };
  next(1);
  return () => clearTimeout(timer);
}

/** Lines of JSON on standard output, a few times a second: a write for every answer would cost more than the answer. */
export function lineWriter(): { readonly write: (line: object) => void; readonly flush: () => void } {
  let lines = "";
  const flush = (): void => {
    if (lines !== "") process.stdout.write(lines);
    lines = "";
  };
  setInterval(flush, 200).unref();
  return {
    write: (line) => {
      lines += `${JSON.stringify(line)}\n`;
    },
    flush,
  };
}

/** Calls `end` when whoever started this program closes its standard input, or is gone. */
export function atEndOfInput(end: () => void): void {
  process.stdout.on("error", () => process.exit(1));
  process.stdin.on("end", end).on("error", end).resume();
}
