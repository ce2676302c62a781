import { grafanaChanges } from "../render/sampleGrafana.ts";
import type { BrokenEntry } from "./brokenEntries.ts";

/** Entries of the sections of monitoring. */
export const brokenMonitoring: readonly BrokenEntry[] = [
  {
    entry: "grafana",
    schema: "grafana.properties",
    changes: grafanaChanges,
    rules: [
      {
        breaks: "an unknown repository",
        changes: { repository: "grafena" },
        says: 'grafana.repository: unknown apt repository "grafena"',
        uses: ["repository"],
      },
      {
        breaks: "kube gateways",
        changes: { pool: "kube-gateway-pool" },
        says: "grafana.pool: gateway-1 of kube-gateway-pool is a kube gateway",
        uses: ["pool"],
      },
      {
        breaks: "another port than web servers look for it at",
        changes: { port: 3001 },
        says: "grafana.port: 3001 is not where web servers look for it",
        uses: ["port"],
      },
    ],
  },
  {
    entry: "monitoring",
    schema: "monitoring.properties",
    rules: [
      {
        breaks: "an unknown pool",
        changes: { pool: "nat-gateway-pol" },
        says: 'monitoring.pool: unknown pool "nat-gateway-pol"',
        uses: ["pool"],
      },
      {
        breaks: "hosts on none of its networks",
        changes: { networks: ["box-network"] },
        says: "monitoring.networks: webserver-1 and webserver-2 are on none of box-network",
        uses: ["pool", "networks"],
      },
    ],
  },
  {
    entry: "monitoring.prometheus",
    schema: "monitoring.properties.prometheus.properties",
    changes: {
      "monitoring.prometheus": { remoteWrite: { url: "https://metrics.site/write" }, rules: { own: "groups: []" } },
      "sharedVolumes.kept": {
        kind: "nfs",
        mountPoint: "/srv/kept",
        clients: ["nat-gateway-pool"],
        server: "192.168.1.90",
        export: "/kept",
      },
    },
    rules: [
      {
        breaks: "storage on a shared volume",
        changes: { storage: "/srv/kept/prometheus" },
        says: "monitoring.prometheus.storage: /srv/kept/prometheus is on the shared volume kept of gateway-4",
        uses: ["storage"],
      },
      {
        breaks: "rules that are none",
        changes: { "rules.own": "up == 0" },
        says: 'monitoring.prometheus.rules.own: is no file of rules: write "groups:"',
        uses: ["rules"],
      },
      {
        breaks: "a remote end with a password",
        changes: { "remoteWrite.url": "https://box:box@metrics.site/write" },
        says: "monitoring.prometheus.remoteWrite.url: holds a user name or a password",
        uses: ["remoteWrite"],
      },
    ],
  },
  {
    entry: "monitoring.alertmanager",
    schema: "monitoring.properties.alertmanager.properties",
    changes: {
      "monitoring.alertmanager": { receivers: { ops: { slack: {} } }, route: { receiver: "ops" }, watchdog: "ops" },
    },
    rules: [
      {
        breaks: "a receiver without an address",
        changes: { "receivers.ops": {} },
        says: "monitoring.alertmanager.receivers.ops: has no address",
        uses: ["receivers"],
      },
      {
        breaks: "a route to nobody who is known",
        changes: { "route.receiver": "opps" },
        says: 'monitoring.alertmanager.route.receiver: unknown receiver "opps"',
        uses: ["receivers", "route"],
      },
      {
        breaks: "a watchdog to nobody who is known",
        changes: { watchdog: "opps" },
        says: 'monitoring.alertmanager.watchdog: unknown receiver "opps"',
        uses: ["receivers", "watchdog"],
      },
    ],
  },
];
