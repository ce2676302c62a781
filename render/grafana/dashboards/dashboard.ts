import { annotations, laidOut, type Marks, type Panel } from "./panels.ts";

/** A dashboard as it is written here. */
export interface Dashboard {
  /** The last part of its address. */
  readonly uid: string;
  readonly title: string;
  /** What it answers. */
  readonly about: string;
  readonly rows: readonly (readonly Panel[])[];
  /** @default the changes of hosts */
  readonly marks?: readonly Marks[];
}

/** When an assembly of a host was last changed. On every dashboard: what goes wrong often begins there. */
export const changes: Marks = {
  name: "Changes",
  expr: "max by (host, assembly) (gatebox_last_change_timestamp_seconds) * 1000",
  color: "blue",
  title: "{{assembly}} of {{host}} was changed",
  valueIsTime: true,
};

/** When a change of a host failed. */
export const failures: Marks = {
  name: "Failed changes",
  expr: "sum by (host, assembly) (increase(gatebox_transactions_failed_total[1m])) > 0",
  color: "red",
  title: "A change of {{assembly}} of {{host}} failed",
};

/** A dashboard for Grafana, and by what it is known. */
export interface RenderedDashboard {
  readonly uid: string;
  /** Another one for other contents: Grafana keeps it, and so can be asked which one it has. */
  readonly mark: string;
  readonly text: string;
}

/** The JSON of a dashboard. */
export function renderedDashboard({
  uid,
  title,
  about,
  rows,
  marks = [changes, failures],
}: Dashboard): RenderedDashboard {
  const model = {
    uid,
    title,
    description: about,
    tags: ["gatebox"],
    schemaVersion: 38,
    editable: false,
    graphTooltip: 1,
    refresh: "15s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    links: [{ type: "dashboards", tags: ["gatebox"], title: "The box", asDropdown: false, keepTime: true }],
    annotations: { list: annotations(marks) },
    panels: laidOut(rows),
  };
  const mark = markOf(JSON.stringify(model));
  return { uid, mark, text: `${JSON.stringify({ ...model, gatebox: mark }, undefined, 1)}\n` };
}

/** FNV-1a of 64 bits: it tells versions apart, and nobody has a reason to forge it. */
function markOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
