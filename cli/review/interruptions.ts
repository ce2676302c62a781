/** What of a change is noticed by programs that run: each assembly says what its files do (`Assembly.effects`). */
import { EffectKind, type Effect } from "../../render/assembly.ts";
import { hasEffect } from "../../render/effectFiles.ts";
import { registry } from "../../render/registry.ts";
import type { Content, HostResource } from "./hostResources.ts";
import type { SentFile } from "./payload.ts";
import { ChangeKind } from "./preview.ts";
import type { VirtualIpHolders } from "./virtualIps.ts";

export const InterruptionKind = {
  ...EffectKind,
  /** It runs for the first time on that host. */
  Start: "start",
  /** It is taken away. */
  Stop: "stop",
  /** A virtual IP gets another holder, for good or for the while. */
  Move: "move",
} as const;
export type InterruptionKind = (typeof InterruptionKind)[keyof typeof InterruptionKind];

/** What happens to a program, or to a virtual IP. */
export interface Interruption {
  readonly kind: InterruptionKind;
  readonly hosts: readonly string[];
  /** A systemd unit, an assembly, or a virtual IP. */
  readonly what: string;
  /** What users notice; absent where they notice nothing. */
  readonly noticed?: string;
  /** Not certain is what follows from texts that are not known yet, or secret. */
  readonly isCertain: boolean;
}

/** What one command does on its host. */
interface Happening extends Omit<Interruption, "hosts"> {
  readonly host: string;
  readonly givesUp: boolean;
}

/** The most noticed first. */
const { Move, Stop, Restart, Reload, Start } = InterruptionKind;
const mostFirst: readonly InterruptionKind[] = [Move, Stop, Restart, Reload, Start];

/** Whether users may notice it. A reload ends no connection, and what starts was not there before. */
export function isInterruption({ kind, noticed }: Interruption): boolean {
  return kind === Move || kind === Stop || (kind === Restart && noticed !== undefined);
}

/** What a change interrupts. */
export function interruptionsOf(
  resources: readonly HostResource[],
  virtualIps: readonly VirtualIpHolders[],
): Interruption[] {
  const changing = resources.filter(({ change }) => change !== ChangeKind.Same);
  const place = ({ host, assembly }: HostResource): string => JSON.stringify([host, assembly]);
  const begun = new Set(changing.filter(isBegun).map(place));
  // What comes with an assembly that is new on its host interrupts nothing.
  const happenings = changing.filter((one) => isBegun(one) || !begun.has(place(one))).flatMap(happeningsOf);
  const all = [...mostNoticed(happenings), ...movesOf(happenings, virtualIps)];
  const groups = Map.groupBy(all, ({ kind, what, noticed, isCertain }) =>
    JSON.stringify([kind, what, noticed, isCertain]),
  );
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { kind, what, noticed, isCertain } = first;
      const hosts = [...new Set(group.map(({ host }) => host))];
      return [{ kind, hosts, what, isCertain, ...(noticed === undefined ? {} : { noticed }) }];
    })
    .sort((one, other) => mostFirst.indexOf(one.kind) - mostFirst.indexOf(other.kind));
}

/** The unit of an assembly itself, which the fragments of others stand on. */
const isBase = (unit: string | undefined): boolean => unit?.endsWith(".pool") === true;

const isBegun = ({ unit, change }: HostResource): boolean => isBase(unit) && change === ChangeKind.Created;

function happeningsOf({ host, assembly, unit, change, before, after }: HostResource): Happening[] {
  if (assembly === undefined) return [];
  const base = { host, what: assembly, givesUp: true, isCertain: true };
  if (isBase(unit) && change === ChangeKind.Created) return [{ ...base, kind: Start }];
  if (isBase(unit) && change === ChangeKind.Deleted)
    return [{ ...base, kind: Stop, noticed: "its configuration and its rules go" }];
  const effects = registry.assemblies.find(({ name }) => name === assembly)?.effects ?? [];
  return effects.filter((effect) => isDone(effect, before, after)).map((effect) => ({
    host,
    kind: effect.does,
    what: effect.unit,
    ...(effect.noticed === undefined ? {} : { noticed: effect.noticed }),
    givesUp: effect.givesUpVirtualIps === true,
    isCertain: [before, after].every((content) => content === undefined || content.kind === "unit"),
  })); // prettier-ignore
}

function isDone(effect: Effect, before: Content | undefined, after: Content | undefined): boolean {
  const of = (path: string): boolean => hasEffect(effect, path);
  // What is not shown may be another in each of its files.
  const unknown = [before, after].flatMap((one) => (one?.kind === "secret" || one?.kind === "later" ? one.paths : []));
  if (unknown.length > 0) return unknown.some(of);
  const [old, next] = [filesOf(before), filesOf(after)];
  const paths = [...new Set([...old.keys(), ...next.keys()])].filter(of);
  return paths.some((path) => {
    const read = (text: string | undefined): string | undefined =>
      path === effect.serviceOf ? servicePart(text) : text;
    return read(old.get(path)?.text) !== read(next.get(path)?.text);
  });
}

function filesOf(content: Content | undefined): Map<string, SentFile> {
  return new Map(content?.kind === "unit" ? content.files.map((file) => [file.path, file]) : []);
}

/** As `render/shell/service_part.sh` has it. */
function servicePart(text: string | undefined): string | undefined {
  const start = text?.search(/^\[Service\]/m) ?? -1;
  return start < 0 ? "" : text?.slice(start);
}

/** Of several things that happen to one program on one host only the most noticed is told, and what is certain before what is not. */
function mostNoticed(happenings: readonly Happening[]): Happening[] {
  const groups = Map.groupBy(happenings, ({ host, what }) => JSON.stringify([host, what]));
  const weight = ({ kind, isCertain }: Happening): number => mostFirst.indexOf(kind) * 2 + (isCertain ? 0 : 1);
  return [...groups.values()].map((same) => same.reduce((one, other) => (weight(other) < weight(one) ? other : one)));
}

function movesOf(happenings: readonly Happening[], virtualIps: readonly VirtualIpHolders[]): Happening[] {
  return virtualIps.flatMap(({ name, address, before, after }): Happening[] => {
    const what = `virtual IP ${name}, ${address}`;
    const move = { kind: Move, what, givesUp: false, isCertain: true };
    if (before !== undefined && after !== undefined && before !== after)
      return [{ ...move, host: after, noticed: `it moves from ${before} to ${after}, and stays there` }];
    const giving = happenings.filter(({ host, givesUp, kind }) => givesUp && kind !== Start && host === before);
    const [first] = giving;
    if (first === undefined || before === undefined) return [];
    const goes = after === undefined || first.kind === Stop;
    const noticed = goes ? "it is taken away" : `its holder gives it up while ${first.what} starts again`;
    return [{ ...move, host: before, noticed, isCertain: first.isCertain }];
  });
}
