import type { Dashboard } from "./dashboard.ts";
import { lines, numbers, states, table } from "./panels.ts";

/** How the hosts are. */
export const hostsDashboard: Dashboard = {
  uid: "gatebox-hosts",
  title: "Hosts",
  about: "Which hosts answer, and what they have left.",
  rows: [
    [
      numbers("Hosts that answer", [{ expr: 'sum(up{job="node"})', legend: "hosts" }]),
      numbers("Hosts that do not", [{ expr: 'count(up{job="node"} == 0) or vector(0)', legend: "hosts" }], { alarming: 1 }), // prettier-ignore
      numbers("Alerts", [{ expr: 'count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)', legend: "firing" }], { alarming: 1 }), // prettier-ignore
      numbers("Next certificate to expire", [{ expr: "min(gatebox_certificate_not_after_timestamp_seconds - time())", legend: "in" }], { unit: "s" }), // prettier-ignore
    ],
    [states("Answers", [{ expr: 'max by (host) (up{job="node"})', legend: "{{host}}" }], { on: "up", off: "down" })],
    [
      lines("Processor", [{ expr: "host:cpu_busy:ratio_rate1m", legend: "{{host}}" }], { unit: "percentunit", max: 1 }),
      lines("Memory", [{ expr: "host:memory_used:ratio", legend: "{{host}}" }], { unit: "percentunit", max: 1 }),
    ],
    [
      lines("Received", [{ expr: "sum by (host) (host:network_received:bytes_rate1m)", legend: "{{host}}" }], { unit: "Bps" }), // prettier-ignore
      lines("Sent", [{ expr: "sum by (host) (host:network_sent:bytes_rate1m)", legend: "{{host}}" }], { unit: "Bps" }),
    ],
    [
      lines("Load", [{ expr: 'max by (host) (node_load1{job="node"})', legend: "{{host}}" }]),
      table("Booted", { expr: "max by (host) (node_boot_time_seconds) * 1000", legend: "" }, ["host"], { unit: "dateTimeAsIso", value: "at" }), // prettier-ignore
    ],
  ],
};
