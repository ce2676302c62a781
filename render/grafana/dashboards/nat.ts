import type { Dashboard } from "./dashboard.ts";
import { lines, states, table } from "./panels.ts";

/** What leaves the box, and what is refused. */
export const natDashboard: Dashboard = {
  uid: "gatebox-nat",
  title: "NAT",
  about: "Connections through the NAT gateways, whether the other one knows them, and what is refused.",
  rows: [
    [
      lines("Connections that are tracked", [
        { expr: "max by (host) (node_nf_conntrack_entries)", legend: "{{host}}" },
      ]),
      lines("Of what can be tracked", [{ expr: "host:conntrack_used:ratio", legend: "{{host}}" }], { unit: "percentunit", max: 1, about: "Beyond 100 % new connections are refused." }), // prettier-ignore
    ],
    [
      states("conntrackd: hears the other gateway", [{ expr: "max by (host) (gatebox_conntrackd_in_sync)", legend: "{{host}}" }], { on: "in sync", off: "alone" }), // prettier-ignore
      lines("conntrackd: connections of others, kept for a failover", [{ expr: "max by (host) (gatebox_conntrackd_external_connections)", legend: "{{host}}" }]), // prettier-ignore
      lines("conntrackd: lost, or not sent", [{ expr: "sum by (host) (rate(gatebox_conntrackd_lost_messages_total[1m]))", legend: "{{host}}, lost" }, { expr: "sum by (host) (rate(gatebox_conntrackd_send_errors_total[1m]))", legend: "{{host}}, not sent" }], { unit: "pps" }), // prettier-ignore
    ],
    [
      lines("Refused, by place", [{ expr: "sum by (host, place) (host:packets_refused:rate1m)", legend: "{{place}} of {{host}}" }], { unit: "pps" }), // prettier-ignore
      table("Refused in the last hour, by reason", { expr: "sum by (host, place, reason) (increase(gatebox_refused_packets_total[1h])) > 0", legend: "" }, ["place", "reason", "host"], { value: "packets" }), // prettier-ignore
    ],
  ],
};
