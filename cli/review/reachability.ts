/** Who can reach what afterwards, compared with before: new, gone, wider, narrower. */
import { addressSet, everybody, isWithin, union, type AddressSet } from "./addressSpace.ts";
import { openingsOf, type HostFile, type Opening } from "./openings.ts";

export const ReachKind = { New: "new", Wider: "wider", Narrower: "narrower", Gone: "gone" } as const;
export type ReachKind = (typeof ReachKind)[keyof typeof ReachKind];

/** A difference in what can be reached; hosts that have the same one are together. */
export interface ReachChange {
  readonly kind: ReachKind;
  readonly hosts: readonly string[];
  /** The network, where the stack's configuration names the interface's; else the interface. */
  readonly network: string;
  readonly service: string;
  /** `80`, `30000–32767`; empty for what has no ports. */
  readonly ports: string;
  /** Who can use it afterwards; of what is gone, who could. */
  readonly from: string;
  /** Who could before, where that is another. */
  readonly fromBefore?: string;
  /** Why: the declaration, or the purpose that the rule names. */
  readonly by: string;
}

/** What the words of a reach change are made with. */
export interface Names {
  /** The network that an interface of a host is on. */
  readonly networkOf: (host: string, link: string) => string;
  /** A network by its CIDR or prefix, or an address as it is. */
  readonly nameOf: (address: string) => string;
  /** The path in the stack file that opens something, where it is known. */
  readonly declarationOf: (opening: Opening) => string | undefined;
}

/** Ports that are open to the same addresses. */
interface Segment {
  readonly ports: Opening["ports"];
  readonly before: readonly Opening[];
  readonly after: readonly Opening[];
}

/** Compares what some files open with what others did. */
export function reachChanges(before: readonly HostFile[], after: readonly HostFile[], names: Names): ReachChange[] {
  const places = new Map<string, { before: Opening[]; after: Opening[] }>();
  const place = (opening: Opening): { before: Opening[]; after: Opening[] } => {
    const name = JSON.stringify([opening.host, opening.link, opening.service]);
    const found = places.get(name) ?? { before: [], after: [] };
    places.set(name, found);
    return found;
  };
  for (const opening of openingsOf(before)) place(opening).before.push(opening);
  for (const opening of openingsOf(after)) place(opening).after.push(opening);
  const found = [...places.values()].flatMap((one) => joined(segments(one.before, one.after)).flatMap((segment) => changeOf(segment, names))); // prettier-ignore
  return together(found);
}

/** Cuts the ports of some openings where any of them begins or ends. */
function segments(before: readonly Opening[], after: readonly Opening[]): Segment[] {
  if (same(before, after)) return [];
  const edges = [...before, ...after].flatMap(({ ports: [first, last] }) => [first, last + 1]);
  const cuts = [...new Set(edges)].sort((one, other) => one - other);
  const has = ({ ports: [first, last] }: Opening, port: number): boolean => first <= port && port <= last;
  return cuts.slice(0, -1).flatMap((first, index) => {
    const at = (side: readonly Opening[]): Opening[] => side.filter((opening) => has(opening, first));
    const segment = { ports: [first, (cuts[index + 1] ?? 0) - 1] as const, before: at(before), after: at(after) };
    return segment.before.length + segment.after.length === 0 ? [] : [segment];
  });
}

function same(before: readonly Opening[], after: readonly Opening[]): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Neighbours of one kind and cause are one. */
function joined(all: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of all) {
    const last = result.at(-1);
    const isNext = last !== undefined && last.ports[1] + 1 === segment.ports[0];
    if (isNext && alike(last, segment))
      result[result.length - 1] = { ...last, ports: [last.ports[0], segment.ports[1]] };
    else result.push(segment);
  }
  return result;
}

function alike(one: Segment, other: Segment): boolean {
  const shape = ({ before, after }: Segment): string =>
    JSON.stringify([before, after].map((side) => side.map(({ from, by }) => [from, by])));
  return shape(one) === shape(other);
}

function changeOf({ ports: [first, last], before, after }: Segment, names: Names): ReachChange[] {
  const [old, next] = [sources(before), sources(after)];
  const kind = kindOf(old, next);
  const [opening] = after.length > 0 ? after : before;
  if (kind === undefined || opening === undefined) return [];
  const side = after.length > 0 ? after : before;
  const isBoth = before.length > 0 && after.length > 0;
  const causes = side.map((one) => names.declarationOf(one) ?? one.by).filter((text) => text !== "");
  return [
    {
      kind,
      hosts: [opening.host],
      network: names.networkOf(opening.host, opening.link),
      service: named(opening, names),
      ports: last === 0 ? "" : first === last ? String(first) : `${first}–${last}`,
      from: fromText(side, names),
      ...(isBoth ? { fromBefore: fromText(before, names) } : {}),
      by: [...new Set(causes)].join(", "),
    },
  ];
}

/** `forwards to box-network`: the other end is an interface too. */
function named({ host, service }: Opening, { networkOf }: Names): string {
  const [, out] = /^forwards to (.*)$/.exec(service) ?? [];
  return out === undefined ? service : `forwards to ${networkOf(host, out)}`;
}

function kindOf(old: AddressSet, next: AddressSet): ReachKind | undefined {
  if (old.length === 0) return next.length === 0 ? undefined : ReachKind.New;
  if (next.length === 0) return ReachKind.Gone;
  if (!isWithin(next, old)) return ReachKind.Wider;
  return isWithin(old, next) ? undefined : ReachKind.Narrower;
}

function sources(openings: readonly Opening[]): AddressSet {
  return union(openings.map(({ from }) => (from === undefined ? everybody : addressSet(from))));
}

function fromText(openings: readonly Opening[], names: Names): string {
  if (openings.some(({ from }) => from === undefined)) return "everybody there";
  return [...new Set(openings.flatMap(({ from = [] }) => from.map(names.nameOf)))].join(", ");
}

/** The same difference on several hosts, once. */
function together(changes: readonly ReachChange[]): ReachChange[] {
  const groups = Map.groupBy(changes, (change) => JSON.stringify({ ...change, hosts: [] }));
  const order = Object.values(ReachKind);
  return [...groups.values()]
    .map((group) => ({ ...(group[0] as ReachChange), hosts: group.flatMap(({ hosts }) => hosts) }))
    .sort(
      (one, other) =>
        order.indexOf(one.kind) - order.indexOf(other.kind) ||
        one.network.localeCompare(other.network, "en") ||
        one.service.localeCompare(other.service, "en", { numeric: true }),
    );
}
