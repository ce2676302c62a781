/** The dashboards of a box: those of what it has. */
import type { Box } from "../../../box/model.ts";
import { addressesDashboard } from "./addresses.ts";
import { changesDashboard } from "./changes.ts";
import type { Dashboard } from "./dashboard.ts";
import { hostsDashboard } from "./hosts.ts";
import { natDashboard } from "./nat.ts";
import { requestDashboard } from "./request.ts";
import { storageDashboard } from "./storage.ts";

/** Every dashboard that a box has something to show on. */
export function dashboardsOf(box: Box): Dashboard[] {
  return [
    ...(box.webservers === undefined && box.kubeGateways === undefined ? [] : [requestDashboard(box)]),
    ...(Object.keys(box.virtualIps).length === 0 ? [] : [addressesDashboard]),
    hostsDashboard,
    ...(box.natGateways.length === 0 ? [] : [natDashboard]),
    storageDashboard(box),
    changesDashboard,
  ];
}
