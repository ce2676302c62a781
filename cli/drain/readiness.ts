import { restOf, type Heard } from "./ask.ts";

/** How a host is, by its own word (`render/drained/ready.sh`). */
export interface Readiness {
  /** The kernel's name for the time since the last boot. */
  readonly boot: string;
  readonly isDrained: boolean;
  /** Whether somebody is about to drain it. */
  readonly isBeingDrained: boolean;
  /** Assemblies that pass the probe which `up` goes by. */
  readonly works: ReadonlySet<string>;
  /** Why others do not. */
  readonly fails: ReadonlyMap<string, string>;
  /** Its virtual IPs that it holds, and those that it could. */
  readonly holds: ReadonlySet<string>;
  readonly couldHold: ReadonlySet<string>;
  /** Backends and servers that its HAProxies have found to be up, and to be down. */
  readonly up: ReadonlySet<string>;
  readonly down: ReadonlySet<string>;
}

/** Reads an answer. Lines that the script never prints are passed over. */
export function readinessOf(lines: readonly string[]): Readiness {
  const states = restOf(lines, "vip").map((line) => line.split(" "));
  const named = (wanted: (state: string, heldBack: boolean) => boolean): ReadonlySet<string> =>
    new Set(states.flatMap(([name = "", state = "", held]) => (wanted(state, held === "held-back") ? [name] : [])));
  const routes = restOf(lines, "route").map((line) => line.split(" "));
  const routesThat = (are: string): ReadonlySet<string> =>
    new Set(routes.flatMap(([name = "", state]) => (state === are ? [name] : [])));
  return {
    boot: restOf(lines, "boot")[0] ?? "",
    isDrained: restOf(lines, "drained").length > 0,
    isBeingDrained: restOf(lines, "draining").length > 0,
    works: new Set(restOf(lines, "works")),
    fails: new Map([
      ...restOf(lines, "changing").map((name) => [name, "an `up` is changing it"] as const),
      ...restOf(lines, "fails").map(splitAtBlank),
    ]),
    holds: named((state) => state === "MASTER"),
    couldHold: named((state, heldBack) => !heldBack && (state === "MASTER" || state === "BACKUP")),
    up: routesThat("up"),
    down: routesThat("down"),
  };
}

function splitAtBlank(text: string): readonly [string, string] {
  const blank = text.indexOf(" ");
  return blank === -1 ? [text, "its probe fails"] : [text.slice(0, blank), text.slice(blank + 1)];
}

/** How each of some hosts is, or why that is not known, by name. */
export type Told = ReadonlyMap<string, Readiness | string>;

/** Puts names to answers. */
export function toldBy(names: readonly string[], heard: readonly Heard[]): Told {
  return new Map(
    names.map((name, index) => {
      const one = heard[index] ?? { problem: "it was not asked" };
      return [name, "problem" in one ? one.problem : readinessOf(one.lines)];
    }),
  );
}
