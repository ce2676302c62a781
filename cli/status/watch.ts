/** Looks again and again, until the person has seen enough. */
import { once } from "node:events";
import type { Ended, Status } from "../ended.ts";

/** What is written to: a terminal, or whatever takes lines. */
export interface Output {
  readonly isTTY?: boolean;
  /** Lines of a terminal. */
  readonly rows?: number;
  write(text: string): boolean;
  on(event: "resize" | "error", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** How it is looked. */
export interface Watch {
  /** Milliseconds between the end of a look and the next one. */
  readonly pause: number;
  readonly out: Output;
  /** Whether what a look has found is a line already, for a program that reads it. */
  readonly isLineEach: boolean;
  /** Ends it, also in the middle of a look. */
  readonly ended: AbortSignal;
}

/**
 * Looks until `ended`, or until nobody reads any more. In a terminal each look takes the place of the one before, on the screen of
 * its own that programs like `less` have; the person's own comes back in the end, whatever happens. Elsewhere one follows the other.
 *
 * @returns the status of the last look
 */
export async function watched(
  lookOnce: () => Promise<Ended>,
  { pause, out, isLineEach, ended }: Watch,
): Promise<Status> {
  const reader = new AbortController();
  const gone = (): void => reader.abort();
  // It stays: a reader that is gone says so later, too.
  out.on("error", gone);
  const end = AbortSignal.any([ended, reader.signal]);
  const show = out.isTTY === true && !isLineEach ? onScreen(out, pause) : inTurn(out, isLineEach);
  let status: Status = 0;
  try {
    for (;;) {
      const found = await unlessAborted(lookOnce(), end);
      if (found === undefined) return status;
      status = found.status;
      show.look(found);
      if (await isAbortedWithin(pause, end)) return status;
    }
  } finally {
    show.giveBack();
  }
}

/** Where looks are shown. */
interface Show {
  readonly look: (found: Ended) => void;
  readonly giveBack: () => void;
}

function inTurn(out: Output, isLineEach: boolean): Show {
  const look = ({ output = "", message = "" }: Ended): void => {
    out.write(isLineEach ? output : `${new Date().toISOString()}\n${message}${output}\n`);
    if (isLineEach && message !== "") process.stderr.write(message);
  };
  return { look, giveBack: () => undefined };
}

/** Escape sequences of every terminal since the VT100; `?1049` is xterm's, and known to all in use. */
const terminal = {
  // The screen of its own, no cursor, and lines that are longer than it is wide are cut.
  take: "\u001b[?1049h\u001b[?25l\u001b[?7l",
  giveBack: "\u001b[?7h\u001b[?25h\u001b[?1049l",
  top: "\u001b[H",
  restOfLine: "\u001b[K",
  restOfScreen: "\u001b[J",
} as const;

function onScreen(out: Output, pause: number): Show {
  let shown = "asking the hosts …\n";
  const draw = (): void => {
    const lines = fitting(shown.trimEnd().split("\n"), rowsOf(out));
    out.write(
      `${terminal.top}${lines.map((line) => `${line}${terminal.restOfLine}`).join("\r\n")}${terminal.restOfScreen}`,
    );
  };
  out.write(terminal.take);
  out.on("resize", draw);
  draw();
  return {
    look: ({ output = "", message = "" }) => {
      const head = `${new Date().toLocaleTimeString("en-GB")}, every ${pause / 1000} s; Ctrl-C ends it`;
      shown = `${head}\n\n${message}${output}`;
      draw();
    },
    giveBack: () => {
      out.off("resize", draw);
      out.write(terminal.giveBack);
    },
  };
}

/** A terminal that does not know its height says none, or 0. */
function rowsOf({ rows = 0 }: Output): number {
  return rows > 0 ? rows : 24;
}

/** As many lines as there is room for; the last one says how many are missing. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const room = Math.max(0, rows - 1);
  return [...lines.slice(0, room), `… ${lines.length - room} more lines: make the terminal higher`];
}

async function unlessAborted<T>(work: Promise<T>, end: AbortSignal): Promise<T | undefined> {
  if (end.aborted) {
    work.catch(() => undefined);
    return undefined;
  }
  const settled = new AbortController();
  const aborted = once(end, "abort", { signal: settled.signal }).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, aborted]);
  } finally {
    settled.abort();
    // What a look that nobody waits for comes to is nobody's business.
    work.catch(() => undefined);
  }
}

async function isAbortedWithin(milliseconds: number, end: AbortSignal): Promise<boolean> {
  if (end.aborted) return true;
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(false), milliseconds);
    const aborted = (): void => finish(true);
    const finish = (isAborted: boolean): void => {
      clearTimeout(timer);
      end.removeEventListener("abort", aborted);
      resolve(isAborted);
    };
    end.addEventListener("abort", aborted);
  });
}

/** Aborted when the person ends the process, by Ctrl-C say. Until it is given back nothing else ends it: the terminal comes first. */
export function endOfPerson(): { readonly signal: AbortSignal; readonly giveBack: () => void } {
  const person = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const end = (): void => person.abort();
  const giveBack = (): void => signals.forEach((one) => process.off(one, end));
  for (const one of signals) process.on(one, end);
  return { signal: person.signal, giveBack };
}
