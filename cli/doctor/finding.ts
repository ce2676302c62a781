/** What an examination has found, and how it is put into words. */

export const Level = {
  /** As `up` needs it. */
  Fine: "fine",
  /** `up` may pass, and something is hardly meant. */
  Warning: "warning",
  /** `up` would fail by it, or could not be told. */
  Error: "error",
} as const;
export type Level = (typeof Level)[keyof typeof Level];

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a word or two: `host key`. */
  readonly check: string;
  readonly level: Level;
  /** What was found, in one line: of what is fine a few words that stand alone. */
  readonly message: string;
  /** The way out, in one line. Only what is fine has none. */
  readonly hint?: string;
}

/** The findings about one host, about the cluster, or about the machine that this runs on. */
export interface Group {
  readonly subject: string;
  /** How it is reached: `root@192.168.1.11:22`. */
  readonly at?: string;
  readonly findings: readonly Finding[];
}

/** A finding that is as it should be. */
export function fine(check: string, message: string): Finding {
  return { check, level: Level.Fine, message };
}

/** A finding that a person should look at. */
export function warning(check: string, message: string, hint: string): Finding {
  return { check, level: Level.Warning, message, hint };
}

/** A finding that is in the way of `up`. */
export function wrong(check: string, message: string, hint: string): Finding {
  return { check, level: Level.Error, message, hint };
}
