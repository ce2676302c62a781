/** In which order `up` changes hosts, by what each resource waits for. */
import type { HostResource } from "./hostResources.ts";
import { ChangeKind, type Preview } from "./preview.ts";

/** What is changed at the same time, when all turns before it are through. */
export interface Turn {
  readonly turn: number;
  /** What is changed, `packages`, `gateway`, `runtime`, and on which hosts. */
  readonly parts: readonly { readonly what: string; readonly hosts: readonly string[] }[];
  /** What goes, goes at the end, and in the opposite order. */
  readonly removes: boolean;
}

/** The turns of a change. */
export function orderOf(preview: Preview, resources: readonly HostResource[]): Turn[] {
  const changing = new Map(resources.filter(({ change }) => change !== ChangeKind.Same).map((one) => [one.urn, one]));
  const made = [...changing.values()].filter(({ change }) => change !== ChangeKind.Deleted);
  const gone = [...changing.values()].filter(({ change }) => change === ChangeKind.Deleted);
  const makes = depths(preview, new Set(made.map(({ urn }) => urn)), "after");
  const leaves = depths(preview, new Set(gone.map(({ urn }) => urn)), "before");
  const deepest = Math.max(0, ...gone.map(({ urn }) => leaves(urn)));
  const steps = [
    ...byDepth(made, ({ urn }) => makes(urn), false),
    ...byDepth(gone, ({ urn }) => deepest + 1 - leaves(urn), true),
  ];
  return steps.map((step, index) => ({ turn: index + 1, ...step }));
}

/** How many of some resources come one after the other until one is through, itself included. */
function depths(preview: Preview, counted: ReadonlySet<string>, side: "before" | "after"): (urn: string) => number {
  const known = new Map<string, number>();
  const depth = (urn: string): number => {
    const found = known.get(urn);
    if (found !== undefined) return found;
    // The engine knows no cycle; a made-up preview must not hang.
    known.set(urn, 0);
    const state = preview.byUrn.get(urn)?.[side];
    let before = 0;
    for (const one of state?.dependencies ?? []) before = Math.max(before, depth(one));
    const own = before + (counted.has(urn) ? 1 : 0);
    known.set(urn, own);
    return own;
  };
  // From those that wait for nobody on, in the engine's order: no chain is followed to its end at once.
  for (const { urn } of preview.changes) depth(urn);
  return depth;
}

function byDepth(
  resources: readonly HostResource[],
  depth: (resource: HostResource) => number,
  removes: boolean,
): Omit<Turn, "turn">[] {
  const turns = [...Map.groupBy(resources, depth)].sort(([one], [other]) => one - other);
  return turns.map(([, alike]) => ({
    parts: [...Map.groupBy(alike, whatOf)].map(([what, same]) => ({
      what,
      hosts: [...new Set(same.map(({ host }) => host))],
    })),
    removes,
  }));
}

function whatOf({ assembly, role }: HostResource): string {
  const roles: Readonly<Record<string, string>> = {
    HostPackages: "packages",
    HostRuntime: "runtime",
    HostKey: "key",
    HostRepository: "apt repository",
  };
  return assembly ?? roles[role] ?? "command";
}
