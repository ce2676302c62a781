import { changes, failures, type Dashboard } from "./dashboard.ts";
import { lines, numbers, table } from "./panels.ts";

/** What Gatebox has changed, and what has changed without it. */
export const changesDashboard: Dashboard = {
  uid: "gatebox-changes",
  title: "Changes",
  about: "When hosts were changed and by what, which changes failed, and what was changed by hand.",
  marks: [changes, failures],
  rows: [
    [
      numbers("Last change", [{ expr: "time() - max(gatebox_last_change_timestamp_seconds)", legend: "ago" }], { unit: "s" }), // prettier-ignore
      numbers("Assemblies whose last change failed", [{ expr: "sum(gatebox_last_transaction_failed)", legend: "assemblies" }], { alarming: 1 }), // prettier-ignore
      numbers("Files that were changed by hand", [{ expr: "sum(gatebox_drifted_files)", legend: "files" }], { alarming: 1 }), // prettier-ignore
    ],
    [
      lines("Requests, with the changes as marks", [{ expr: "sum(route:requests:rate1m)", legend: "requests" }, { expr: "sum(route:errors:rate1m)", legend: "5xx" }], { unit: "reqps" }), // prettier-ignore
    ],
    [
      table("Last change of each assembly", { expr: "max by (host, assembly) (gatebox_last_change_timestamp_seconds) * 1000", legend: "" }, ["host", "assembly"], { unit: "dateTimeAsIso", value: "at" }), // prettier-ignore
      table("By which units", { expr: "max by (host, assembly, unit) (gatebox_last_change_info)", legend: "" }, ["host", "assembly", "unit"], { value: "last", unit: "none" }), // prettier-ignore
    ],
    [
      lines("Generations", [
        { expr: "max by (host, assembly) (gatebox_generation)", legend: "{{assembly}} of {{host}}" },
      ]),
      lines("Changed by hand", [{ expr: "sum by (host, assembly) (gatebox_drifted_files)", legend: "{{assembly}} of {{host}}" }]), // prettier-ignore
      lines("Failed", [{ expr: "sum by (host, assembly) (increase(gatebox_transactions_failed_total[10m]))", legend: "{{assembly}} of {{host}}" }]), // prettier-ignore
    ],
  ],
};
