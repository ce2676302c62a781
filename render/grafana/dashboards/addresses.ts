import type { Dashboard } from "./dashboard.ts";
import { lines, numbers, states, table } from "./panels.ts";

/** Who has which virtual IP, over time. */
export const addressesDashboard: Dashboard = {
  uid: "gatebox-addresses",
  title: "Addresses",
  about: "Which host holds each virtual IP, and when it moved.",
  rows: [
    [
      numbers("Holders of each address", [{ expr: "vip:holders:sum", legend: "{{vip}}" }], { alarming: 2, about: "One, at any time. For a scrape after a move it can seem to be none, or two." }), // prettier-ignore
    ],
    [
      states("Who holds it", [{ expr: "max by (vip, host) (gatebox_vip_holder)", legend: "{{vip}} · {{host}}" }], { on: "holds it", off: "stands by" }), // prettier-ignore
    ],
    [
      lines("Changes of state in ten minutes", [{ expr: "sum by (vip) (increase(gatebox_vip_transitions_total[10m]))", legend: "{{vip}}" }], { about: "A move is two: one host loses the address, another gets it." }), // prettier-ignore
      table("Priorities", { expr: "max by (vip, host) (gatebox_vip_priority)", legend: "" }, ["vip", "host"], { value: "priority", about: "Of the hosts that are fit, the one with the highest holds the address; drained hosts have 1." }), // prettier-ignore
    ],
  ],
};
