/** What a reviewer must not miss. */
import { X509Certificate } from "node:crypto";
import type { HostResource } from "./hostResources.ts";
import { InterruptionKind, isInterruption, type Interruption } from "./interruptions.ts";
import type { HostFile } from "./openings.ts";
import type { Turn } from "./order.ts";
import { ChangeKind, type Preview } from "./preview.ts";
import type { VirtualIpHolders } from "./virtualIps.ts";

export const WarningKind = {
  Deletion: "deletion",
  SingleMember: "single-member",
  VirtualIpHolder: "virtual-ip-holder",
  FirstOfPool: "first-of-pool",
  Certificate: "certificate",
  Incomplete: "incomplete",
} as const;
export type WarningKind = (typeof WarningKind)[keyof typeof WarningKind];

/** One thing to look at, in a sentence without its end. */
export interface Warning {
  readonly kind: WarningKind;
  readonly message: string;
}

/** What the warnings are found in. */
export interface Found {
  readonly preview: Preview;
  readonly resources: readonly HostResource[];
  /** All files that are no secret, as they will be. */
  readonly after: readonly HostFile[];
  readonly interruptions: readonly Interruption[];
  readonly virtualIps: readonly VirtualIpHolders[];
  readonly order: readonly Turn[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Days: who renews by hand needs them. */
const certificateDays = 30;

/** All warnings, the gravest first. */
export function warningsOf(found: Found): Warning[] {
  return [...deletions(found), ...pools(found), ...holders(found), ...certificates(found), ...incomplete(found)];
}

function deletions({ preview, resources }: Found): Warning[] {
  const units = new Map(
    resources.filter(({ role }) => role === "HostUnit").map((resource) => [resource.urn, resource]),
  );
  const emptied = emptiedUnits(preview);
  const what = (kind: ChangeKind): string[] =>
    preview.changes.filter((change) => change.kind === kind).flatMap(({ urn, before, after }) => {
      const type = (after ?? before)?.type ?? "";
      const name = urn.split("::").at(-1) ?? "";
      // A component that goes says it for all that is in it.
      const isWithin = before?.parent !== undefined && preview.byUrn.get(before.parent)?.kind === ChangeKind.Deleted;
      if (kind === ChangeKind.Deleted && (isWithin || emptied.has(urn))) return [];
      const { host, assembly = "", unit = "" } = units.get(urn) ?? {};
      return [host === undefined ? `${type.split(":").at(-1) ?? type} ${name}` : `${assembly} ${unit} on ${host}`];
    }); // prettier-ignore
  const tell = (verb: string, names: readonly string[]): Warning[] =>
    names.length === 0 ? [] : [{ kind: WarningKind.Deletion, message: `${verb}: ${listed(names)}` }];
  return [...tell("deleted", what(ChangeKind.Deleted)), ...tell("deleted and made anew", what(ChangeKind.Replaced))];
}

/** Components of units that go while their commands stay: a version of Gatebox that has none around a unit anybody may see. */
function emptiedUnits(preview: Preview): ReadonlySet<string> {
  const gone = preview.changes.filter(({ kind }) => kind === ChangeKind.Deleted);
  const withChildren = new Set(gone.flatMap(({ before }) => before?.parent ?? []));
  return new Set(
    gone.flatMap(({ urn, before }) =>
      before?.type === "gatebox:index:HostUnit" && !withChildren.has(urn) ? [urn] : [],
    ),
  );
}

/** Pools as components name their hosts, in the order in which they are changed. */
function pools({ preview, interruptions, resources }: Found): Warning[] {
  const noticed = interruptions.filter(isInterruption);
  const changed = new Set(resources.flatMap(({ change, host, role }) => (change === ChangeKind.Same || role !== "HostUnit" ? [] : [host]))); // prettier-ignore
  const found = preview.changes.flatMap(({ before, after }): Warning[] => {
    const pool = after?.inputs["pool"] ?? before?.inputs["pool"];
    const [old, next] = [hostsOf(before?.inputs), hostsOf(after?.inputs)];
    if (typeof pool !== "string" || next.length === 0) return [];
    const [only] = next;
    const lost = old.length > 1 && next.length === 1;
    if (lost) return [single(`${pool} is left with a single member, ${only ?? ""}: nothing serves when it fails`)];
    const hit = noticed.filter(({ hosts }) => hosts.some((host) => next.includes(host)));
    if (next.length === 1 && hit.length > 0)
      return [single(`${only ?? ""} is the only member of ${pool}: nobody serves while it is changed`)];
    const first = next.find((host) => changed.has(host));
    if (first === undefined || next.length === 1) return [];
    const message = `${first} is the first of ${pool} that is changed: look there before the others follow`;
    return [{ kind: WarningKind.FirstOfPool, message }];
  });
  return distinct(found);
}

const single = (message: string): Warning => ({ kind: WarningKind.SingleMember, message });

function hostsOf(inputs: Readonly<Record<string, unknown>> | undefined): string[] {
  const hosts = inputs?.["hosts"];
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host: unknown) => (typeof host === "string" ? [host] : []));
}

function holders({ virtualIps, resources, interruptions }: Found): Warning[] {
  const moved = interruptions.filter(({ kind }) => kind === InterruptionKind.Move);
  const changed = new Set(resources.flatMap(({ change, host, role }) => (change === ChangeKind.Same || role !== "HostUnit" ? [] : [host]))); // prettier-ignore
  const byHolder = Map.groupBy(virtualIps, ({ before }) => before ?? "");
  return [...byHolder].flatMap(([holder, vips]) => {
    if (!changed.has(holder)) return [];
    const names = vips.map(({ name }) => name).join(", ");
    const isMoved = moved.some(({ what }) => vips.some(({ name }) => what.startsWith(`virtual IP ${name},`)));
    const rest = isMoved ? "" : "; nothing here moves them";
    return [
      { kind: WarningKind.VirtualIpHolder, message: `${holder} is changed, by priority the holder of ${names}${rest}` },
    ];
  });
}

function certificates({ after, now }: Found): Warning[] {
  const found = after.flatMap(({ host, assembly, path, text }) =>
    [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].flatMap(([pem]): Warning[] => {
      const days = daysLeft(pem, now);
      if (days === undefined || days > certificateDays) return [];
      const when = days < 0 ? `expired ${-days} days ago` : `expires in ${days} days`;
      return [{ kind: WarningKind.Certificate, message: `a certificate in /etc/gatebox/${assembly}/${path} on ${host} ${when}` }]; // prettier-ignore
    }),
  );
  return distinct(found);
}

function daysLeft(pem: string, now: number): number | undefined {
  try {
    return Math.floor((Date.parse(new X509Certificate(pem).validTo) - now) / 86_400_000);
  } catch {
    // The host's own checker says what is wrong with it.
    return undefined;
  }
}

function incomplete({ preview, resources }: Found): Warning[] {
  const isWhole = preview.changes.some(
    ({ kind, after }) => kind === ChangeKind.Same && after?.type !== "pulumi:pulumi:Stack",
  );
  const hasOnlyNew = preview.changes.every(
    ({ kind, after }) => kind === ChangeKind.Created || after?.type === "pulumi:pulumi:Stack",
  );
  const later = resources.filter(({ change, after }) => change !== ChangeKind.Same && after?.kind === "later").length;
  const without =
    "the preview was made without --show-sames: what stays as it is is not known here, so holders, pools, certificates and some of the reachability may be missing";
  return [
    ...(isWhole || hasOnlyNew ? [] : [{ kind: WarningKind.Incomplete, message: without }]),
    ...(later === 0 ? [] : [{ kind: WarningKind.Incomplete, message: `${later} texts are known only when what they depend on is made: their paths are listed below` }]), // prettier-ignore
  ];
}

/** So many names, and how many more. */
function listed(names: readonly string[]): string {
  const most = 12;
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}

function distinct(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}
