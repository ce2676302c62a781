/** A review in words: its parts in order, as every form of the report has them. */
import { printable } from "../../box/printable.ts";
import { printedLine } from "../render/diffText.ts";
import { isInterruption, InterruptionKind, type Interruption } from "./interruptions.ts";
import type { Turn } from "./order.ts";
import { ReachKind } from "./reachability.ts";
import type { Review } from "./review.ts";

/** A part of a report. */
export interface Part {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "diff"; readonly title: string; readonly hosts: string; readonly lines: readonly string[] };

/** More turns than this are told by their number. */
const mostTurns = 40;

/** One line that says it all: what a person reads first. */
export function summaryOf(review: Review): string {
  const { counts, files, objects, interruptions, reachability } = review;
  const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
  const parts = Object.entries(counts).flatMap(([kind, number]) => (number === 0 ? [] : [`${number} ${kind}`]));
  if (parts.length === 0) return "Nothing changes.";
  const opened = reachability.filter(({ kind }) => kind === ReachKind.New || kind === ReachKind.Wider).length;
  const hosts = new Set([...files.flatMap(({ owners }) => owners), ...review.hidden.flatMap((one) => one.hosts)]);
  const noticed = interruptions.filter(isInterruption).length;
  return [
    `Resources: ${parts.join(", ")}.`,
    `${count(files.length, "file")} on ${count(hosts.size, "host")}, ${count(objects.length, "object")} of Kubernetes.`,
    noticed === 0 ? "Nothing is interrupted." : `${count(noticed, "interruption")}.`,
    opened === 0 ? "Nothing more can be reached." : `${count(opened, "thing")} more can be reached.`,
  ].join(" ");
}

/** All parts that have something to say. */
export function partsOf(review: Review): Part[] {
  const parts: Part[] = [
    { title: "Look at", blocks: list(review.warnings.map(({ message }) => message)) },
    { title: "What is interrupted", blocks: interruptionBlocks(review.interruptions) },
    { title: "Who can reach what", blocks: reachBlocks(review) },
    { title: "Order", blocks: orderBlocks(review.order) },
    { title: "Packages", blocks: packageBlocks(review) },
    { title: "Not shown", blocks: hiddenBlocks(review) },
    { title: "Files on hosts", blocks: fileBlocks(review) },
    { title: "Objects of Kubernetes", blocks: objectBlocks(review) },
    { title: "Other resources", blocks: otherBlocks(review) },
  ];
  return parts.filter(({ blocks }) => blocks.length > 0);
}

function list(items: readonly string[]): Block[] {
  return items.length === 0 ? [] : [{ kind: "list", items: items.map(printable) }];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Block[] {
  return rows.length === 0 ? [] : [{ kind: "table", head, rows: rows.map((row) => row.map(printable)) }];
}

const does: Readonly<Record<InterruptionKind, string>> = {
  [InterruptionKind.Move]: "moves",
  [InterruptionKind.Stop]: "is removed",
  [InterruptionKind.Restart]: "is started again",
  [InterruptionKind.Reload]: "is reloaded",
  [InterruptionKind.Start]: "is started for the first time",
};

const mayDo: Readonly<Record<InterruptionKind, string>> = {
  [InterruptionKind.Move]: "may move",
  [InterruptionKind.Stop]: "may be removed",
  [InterruptionKind.Restart]: "may be started again",
  [InterruptionKind.Reload]: "may be reloaded",
  [InterruptionKind.Start]: "may be started for the first time",
};

function interruptionBlocks(interruptions: readonly Interruption[]): Block[] {
  const rows = interruptions.map(({ kind, what, hosts, noticed, isCertain }) => [
    what,
    isCertain ? does[kind] : mayDo[kind],
    hosts.join(", "),
    noticed ?? "nothing",
  ]);
  return table(["What", "What happens", "Hosts", "What users notice"], rows);
}

function reachBlocks({ reachability }: Review): Block[] {
  const rows = reachability.map(({ kind, hosts, network, service, ports, from, fromBefore, by }) => [
    kind,
    network,
    fromBefore === undefined || fromBefore === from ? from : `${from} (before: ${fromBefore})`,
    hosts.join(", "),
    `${service} ${ports}`.trim(),
    by,
  ]);
  return table(["", "On", "From", "Hosts", "What", "Because of"], rows);
}

function orderBlocks(order: readonly Turn[]): Block[] {
  const items = order.slice(0, mostTurns).map(({ turn, parts, removes }) => {
    const words = parts.map(({ what, hosts }) => `${what} ${removes ? "is removed from" : "on"} ${hosts.join(", ")}`);
    return `${turn}. ${words.join("; ")}`;
  });
  const more = order.length - items.length;
  const rest = more > 0 ? [`… and ${more} more turns`] : [];
  const lead: Block = {
    kind: "text",
    text: "What waits for something stands below it; what does not may run ahead of its turn. A failure stops all that wait for it.",
  };
  return items.length === 0 ? [] : [lead, ...list([...items, ...rest])];
}

function packageBlocks({ packages }: Review): Block[] {
  const rows = packages.map(({ hosts, added, noLongerAsked }) => [hosts.join(", "), added.join(", "), noLongerAsked.join(", ")]); // prettier-ignore
  return table(["Hosts", "Installed, where missing", "No longer asked for (they stay)"], rows);
}

function hiddenBlocks({ hidden }: Review): Block[] {
  const why = { secret: "secret", later: "known when what it depends on is made" } as const;
  const rows = hidden.map(({ hosts, what, paths, change, because }) => [
    what,
    change,
    hosts.join(", "),
    because === "later" ? countedPaths(paths) : paths.join(", "),
    why[because],
  ]);
  return table(["Of", "", "Hosts", "Files", "Why"], rows);
}

/** Scripts and all: more names than a person reads. */
function countedPaths(paths: readonly string[]): string {
  const trees = Map.groupBy(paths, (path) => path.split("/").slice(0, 4).join("/"));
  return [...trees].map(([tree, own]) => `${own.length} ${own.length === 1 ? "file" : "files"} in ${tree}`).join(", ");
}

function fileBlocks({ files }: Review): Block[] {
  return files.map(({ owners, path, change, lines }) => ({
    kind: "diff",
    title: printable(`${path} (${change})`),
    hosts: printable(owners.join(", ")),
    lines: lines.map(printedLine),
  }));
}

function objectBlocks({ objects }: Review): Block[] {
  return objects.map(({ name, change, lines }) => ({
    kind: "diff",
    title: printable(`${name} (${change})`),
    hosts: "the cluster",
    lines: lines.map(printedLine),
  }));
}

function otherBlocks({ others }: Review): Block[] {
  const rows = others.map(({ type, name, change, properties }) => [type, name, change, properties.join(", ")]);
  return table(["Type", "Name", "", "Inputs"], rows);
}
