/** A box that watches itself. */
import type { Box } from "../../box/index.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";

/** Where the Protobox's monitoring runs, and on which networks it asks. */
export const monitoringPlace = { pool: "nat-gateway-pool", networks: ["box-network", "gateway-network"] };

/** One receiver of each kind. */
export const sampleReceivers = {
  ops: { webhook: { url: "http://192.168.2.2:9000/alerts" } },
  pager: { webhook: { url: "https://pager.site/v2/alerts", authentication: "bearer" } },
  "on-call": {
    email: {
      to: ["ops@site.example", "night@site.example"],
      from: "box@site.example",
      smarthost: "mail.site.example:587",
      username: "box",
    },
    slack: { channel: "#ops" },
  },
};

/** Who gets what. */
export const sampleRoute = {
  receiver: "ops",
  branches: [
    { receiver: "pager", severity: "critical", also: true },
    { receiver: "on-call", alerts: ["DiskFilling", "Drift"], pools: ["kube-gateway-pool"] },
  ],
};

/** The Protobox with Prometheus and Alertmanager on gateway-4 and gateway-5. */
export function monitoredBox(prometheus: object = {}, alertmanager: object = {}, others: Changes = {}): Box {
  return parseProtobox({
    monitoring: {
      ...monitoringPlace,
      prometheus,
      alertmanager: { receivers: sampleReceivers, route: sampleRoute, ...alertmanager },
    },
    ...others,
  });
}
