/** A review: all that a person decides by before a change happens. */
import { sharedDifferences, type SharedDifference } from "../render/diffText.ts";
import { configuredNames } from "./configuredNames.ts";
import {
  fileChangesOf,
  hiddenChangesOf,
  packageChangesOf,
  type HiddenChange,
  type PackageChange,
} from "./fileChanges.ts";
import { hostResourcesOf, type Content, type HostResource } from "./hostResources.ts";
import { interruptionsOf, type Interruption } from "./interruptions.ts";
import type { HostFile } from "./openings.ts";
import { orderOf, type Turn } from "./order.ts";
import { objectChangesOf, otherChangesOf, type ObjectChange, type OtherChange } from "./otherChanges.ts";
import { ChangeKind, type Preview } from "./preview.ts";
import { reachChanges, type ReachChange } from "./reachability.ts";
import { virtualIpsOf } from "./virtualIps.ts";
import { warningsOf, type Warning } from "./warnings.ts";

/** The hosts that something is the same on. */
export interface OnHosts {
  readonly hosts: readonly string[];
}

/** What a change does. Everything is in an order that is the same for the same preview. */
export interface Review {
  readonly stack: string;
  readonly project: string;
  /** How many resources are created, changed, replaced and deleted. */
  readonly counts: Readonly<Record<Exclude<ChangeKind, "same">, number>>;
  readonly warnings: readonly Warning[];
  readonly order: readonly Turn[];
  readonly interruptions: readonly Interruption[];
  readonly reachability: readonly ReachChange[];
  readonly files: readonly SharedDifference[];
  readonly objects: readonly ObjectChange[];
  readonly hidden: readonly (Omit<HiddenChange, "host"> & OnHosts)[];
  readonly packages: readonly (Omit<PackageChange, "host"> & OnHosts)[];
  readonly others: readonly OtherChange[];
}

/** What a review goes by beside the preview. */
export interface Surroundings {
  /** Milliseconds since 1970, for what expires. */
  readonly now: number;
  /** Reads files that the stack's configuration names. @default none can be read */
  readonly readFile?: (file: string) => string | undefined;
}

/** Makes a review of a preview. */
export function reviewOf(preview: Preview, { now, readFile }: Surroundings): Review {
  // What is changed at once is previewed in any order; a comment that is replaced is to stay the same.
  const resources = [...hostResourcesOf(preview)].sort(byHost);
  const names = configuredNames(preview, readFile);
  const [before, after] = [hostFiles(resources, "before"), hostFiles(resources, "after")];
  const differences = fileChangesOf(resources);
  const virtualIps = virtualIpsOf(preview);
  const interruptions = interruptionsOf(resources, virtualIps);
  const order = orderOf(preview, resources);
  return {
    stack: preview.stack,
    project: preview.project,
    counts: countsOf(preview),
    warnings: warningsOf({ preview, resources, after, interruptions, virtualIps, order, now }),
    order,
    interruptions,
    reachability: reachChanges(before, after, names),
    files: sharedDifferences(differences),
    objects: objectChangesOf(preview),
    hidden: sameOnHosts(hiddenChangesOf(resources)),
    packages: sameOnHosts(packageChangesOf(resources)),
    others: otherChangesOf(preview),
  };
}

/** Hosts as people count them: `gateway-2` before `gateway-10`. */
function byHost(one: HostResource, other: HostResource): number {
  return one.host.localeCompare(other.host, "en", { numeric: true });
}

/** Whether nothing becomes another. */
export function isEmpty({ counts }: Review): boolean {
  return Object.values(counts).every((count) => count === 0);
}

/** Components only hold others together: they are not counted. */
function countsOf({ changes }: Preview): Review["counts"] {
  const custom = changes.filter(
    ({ before, after }) => !/^gatebox:|^pulumi:pulumi:/.test((after ?? before)?.type ?? ""),
  );
  const count = (kind: ChangeKind): number => custom.filter((change) => change.kind === kind).length;
  const { Created, Changed, Replaced, Deleted } = ChangeKind;
  return { created: count(Created), changed: count(Changed), replaced: count(Replaced), deleted: count(Deleted) };
}

function hostFiles(resources: readonly HostResource[], side: "before" | "after"): HostFile[] {
  return resources.flatMap((resource) => {
    const { host, unit = "", before, after, [side]: content } = resource;
    // What is not known on one side is no difference.
    if ([before, after].some((one) => one?.kind === "secret" || one?.kind === "later")) return [];
    return filesOf(content).map(({ path, text, assembly }) => ({ host, assembly, unit, path, text }));
  });
}

function filesOf(content: Content | undefined): { path: string; text: string; assembly: string }[] {
  if (content?.kind !== "unit") return [];
  return content.files.map(({ path, text }) => ({ path, text, assembly: content.assembly }));
}

/** What is the same on several hosts, once. */
function sameOnHosts<T extends { readonly host: string }>(all: readonly T[]): (Omit<T, "host"> & OnHosts)[] {
  const groups = Map.groupBy(all, (one) => JSON.stringify({ ...one, host: "" }));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { host, ...what } = first;
    return [{ hosts: [...new Set([host, ...group.map((one) => one.host)])], ...what }];
  });
}
