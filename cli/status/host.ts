/** What one host's answers say of it. */
import type { Box, Host } from "../../box/model.ts";
import type { Assembly } from "../../render/assembly.ts";
import { registry } from "../../render/registry.ts";
import type { HostFacts } from "./facts.ts";
import type { ServingFacts } from "./serving.ts";
import type { CertificateStatus } from "./status.ts";

/** Whether a host serves those who use it. */
export const Serves = {
  Yes: "yes",
  No: "no",
  /** It could, and virtual IPs are kept away from it by hand. */
  Drained: "drained",
  /** It has not answered, or not in time. */
  Unknown: "unknown",
} as const;
/** Whether a host serves those who use it. */
export type Serves = (typeof Serves)[keyof typeof Serves];

/** The last change of a host. */
export interface Change {
  readonly assembly: string;
  /** The units that it was for; none where that is not known. */
  readonly units: readonly string[];
}

/** Days before its end in which a certificate needs a person: as the rule of monitoring has it. */
export const leastDays = 14;

/**
 * Whether a host serves: what its users are served by is up, and answers. Where nothing says how it is asked, that is what virtual
 * IPs are for, or else all that it has.
 */
export function servesUsers(
  box: Box,
  host: Host,
  facts: HostFacts | undefined,
  serving: ServingFacts | undefined,
): Serves {
  if (facts?.whole !== true) return Serves.Unknown;
  const all = registry.assembliesOf(box, host);
  const deciding = [
    all.filter(({ serves }) => serves !== undefined),
    all.filter(({ tracking }) => tracking !== undefined),
    all,
  ].find((some) => some.length > 0);
  const states = (deciding ?? []).map((one) => stateOf(one, facts, serving));
  if (states.includes(Serves.No)) return Serves.No;
  if (states.includes(Serves.Unknown)) return Serves.Unknown;
  return facts.drained === undefined ? Serves.Yes : Serves.Drained;
}

function stateOf({ name, serves }: Assembly, facts: HostFacts, serving: ServingFacts | undefined): Serves {
  if (facts.assemblies.find((one) => one.name === name)?.runs !== true) return Serves.No;
  if (serves === undefined || serving?.well.has(name) === true) return Serves.Yes;
  return serving?.ill.has(name) === true ? Serves.No : Serves.Unknown;
}

/** When a host was last changed, and by what. */
export function changeOf(facts: HostFacts | undefined): {
  readonly changedAgo: number | undefined;
  readonly change: Change | undefined;
} {
  const assemblies = facts?.assemblies ?? [];
  const [last] = [...assemblies].sort((one, other) => other.changed - one.changed);
  if (facts?.clock === undefined || last === undefined) return { changedAgo: undefined, change: undefined };
  return {
    changedAgo: Math.max(0, facts.clock - last.changed),
    change: { assembly: last.name, units: last.changedBy },
  };
}

/** What a host's problems follow from. */
export interface Examined {
  readonly box: Box;
  readonly host: Host;
  readonly facts: HostFacts;
  readonly serving: ServingFacts | undefined;
  readonly certificates: readonly CertificateStatus[];
}

/** What is wrong with a host that has answered, each in one line, what to do about it included. */
export function* problemsOf(examined: Examined): Generator<string> {
  yield* ofAssemblies(examined);
  yield* ofServing(examined);
  for (const { where, days } of examined.certificates) {
    if (days < 0) yield `the certificate ${where} is not valid any more`;
    else if (days < leastDays) yield `the certificate ${where} is valid for ${days} more days: renew it`;
  }
}

function* ofAssemblies({ box, host, facts }: Examined): Generator<string> {
  for (const { name, failure, interrupted, lastFailed } of facts.assemblies) {
    if (failure !== undefined) yield `${name}: ${failure}; look there: systemctl status ${failure.split(" ")[0] ?? ""}`;
    if (interrupted) yield `${name}: a transaction is open; if no \`up\` is under way, the next one mends it`;
    else if (lastFailed)
      yield `${name}: its last change failed, and what was there before is in force; \`pulumi up\` tries it again`;
  }
  if (!facts.whole) {
    yield "did not tell all of itself in time: look at its load";
    return;
  }
  const known = new Set(facts.assemblies.map(({ name }) => name));
  const missing = registry.assembliesOf(box, host).flatMap(({ name }) => (known.has(name) ? [] : [name]));
  if (missing.length > 0) yield `not applied: ${missing.join(", ")}; \`pulumi up\` does it`;
}

function* ofServing({ facts, serving }: Examined): Generator<string> {
  if (serving?.whole !== true) {
    // Of a host that is too busy for the first question it is said already.
    if (facts.whole) yield "did not tell what it serves in time: look at its load";
    return;
  }
  // Of what is not there, or does not run, that is said already.
  const runs = new Set(facts.assemblies.filter((one) => one.runs).map(({ name }) => name));
  for (const [name, why] of serving.ill) if (runs.has(name)) yield `${name}: ${why}`;
  const down = serving.routes.filter(({ assembly, up }) => up === 0 && runs.has(assembly));
  for (const [assembly, routes] of Map.groupBy(down, (one) => one.assembly)) yield downLine(assembly, routes.map(({ name }) => name)); // prettier-ignore
  for (const why of serving.unknown.slice(0, mostNamed)) yield `not known: ${why}`;
  if (serving.unknown.length > mostNamed) yield `not known: ${serving.unknown.length - mostNamed} more of that`;
}

/** More routes than this are counted and not named. */
const mostNamed = 8;

function downLine(assembly: string, routes: readonly string[]): string {
  const more = routes.length > mostNamed ? ` and ${routes.length - mostNamed} more` : "";
  const named = routes.slice(0, mostNamed).join(", ");
  return `${assembly}: nothing behind ${routes.length === 1 ? "the route" : "the routes"} ${named}${more} can be reached`;
}
