/** What a fault is: what is broken, what heals it, and what users may notice. */
import type { Answer } from "./probe/answers.ts";
import type { Vip } from "./probe/start.ts";
import type { Moments } from "./happen.ts";
import type { Probe, Scene } from "./scene.ts";

/** Bounds of what users may notice; what is not named is not bound. Times in milliseconds. */
export interface Expectation {
  /** Longest outage from the moment of the fault until it is healed. */
  readonly outageMs?: number;
  /** Longest outage from the healing on: the address may move back. */
  readonly failBackMs?: number;
  /** Requests lost in all, or messages of flows. */
  readonly lost?: number;
  /** Requests that got no answer at all, not even an error. */
  readonly unanswered?: number;
  /** Longest that any request took. */
  readonly slowestMs?: number;
  /** What becomes of the requests that go elsewhere than to the server that is broken. */
  readonly elsewhere?: {
    /** The broken server, as its answers name it; see {@link file://./probe/badServer.ts}. */
    readonly than: string;
    /** Longest that any of them took; each must be answered well. */
    readonly slowestMs: number;
    /** How many of 100 requests the broken server may answer. */
    readonly brokenOf100: number;
  };
  /** Time from the end of the healing until the last request that was lost. */
  readonly wholeWithinMs?: number;
  /** Exactly one host answers for the address from so long after the fault on, while it lasts. */
  readonly oneAnswersWithinMs?: number;
  /** The address is on the same host again in the end. */
  readonly failsBack?: boolean;
  /** How long two hosts may answer for the address after the healing; by default 1,000. */
  readonly twoAnswerMs?: number;
  /** Longest silence of any long connection. Each must live on. */
  readonly flowGapMs?: number;
  /** Source address that the outside must see, and no other. */
  readonly source?: string;
}

/** Something that a fault itself has looked at, beside what the prober and the watches saw. */
export interface Noticed {
  readonly what: string;
  /** Infinity where something that should have come to pass never did. */
  readonly value: number;
  readonly unit: "ms" | "";
  /** The most that it may be. */
  readonly bound: number;
}

/** What was seen while a fault happened. */
export interface Seen extends Moments {
  readonly answers: readonly Answer[];
}

export interface Fault {
  /** Name of its files in the report: lower case, with hyphens. */
  readonly name: string;
  /** What is broken, in words. */
  readonly title: string;
  /** Addresses to watch. The holder of the first is the one that things happen to. */
  readonly vips: readonly Vip[];
  readonly probe: Probe;
  /** Hosts that it needs beside those of its addresses. */
  readonly needs?: readonly string[];
  /** What the prober needs, before it is started. */
  readonly before?: (scene: Pick<Scene, "lab">) => Promise<void>;
  /** Breaks it. The fault begins with the call and is whole when it resolves. */
  readonly break: (scene: Scene) => Promise<void>;
  /** Makes whole what does not mend itself. */
  readonly heal?: (scene: Scene) => Promise<void>;
  /** Looks, when all is over, at what the prober could not see. */
  readonly afterwards?: (scene: Scene, seen: Seen) => Promise<readonly Noticed[]>;
  /** Seconds that healing it and looking at it afterwards may take on top of those that every fault has. By default 0. */
  readonly moreSeconds?: number;
  /** How long it stays broken, by default 3 s. */
  readonly brokenSeconds?: number;
  /**
   * How long is watched after the healing, by default 4 s; longer, a minute at most, until every address has settled.
   */
  readonly healedSeconds?: number;
  /** How many times as long as others breaking it may take: it does so many things one after the other. By default 1. */
  readonly turns?: number;
  /** Whether `npm test` runs it too. */
  readonly short?: boolean;
  readonly expect: Expectation;
}

/**
 * Declares a fault.
 *
 * @example
 * fault({ name: "nginx-killed", title: "nginx killed on the holder", vips: [EDGE], probe: WEB,
 *   break: ({ lab, holder }) => signal(lab, holder, "nginx", "KILL"), expect: { outageMs: 500 } });
 */
export function fault(definition: Fault): Fault {
  if (!/^[a-z][a-z0-9-]*$/.test(definition.name)) throw new Error(`fault "${definition.name}": no name of a file`);
  return definition;
}
