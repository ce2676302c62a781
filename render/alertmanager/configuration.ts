/** The configuration of Alertmanager 0.25, Debian 12's. @see https://prometheus.io/docs/alerting/0.25/configuration/ */
import type { Alertmanager, Box } from "../../box/model.ts";
import { nobody } from "../../box/sections/monitoring/receivers.ts";
import { quoted } from "../prometheus/configuration.ts";
import { alertmanagerOf, monitoringOf } from "../prometheus/place.ts";
import { timingOf } from "../prometheus/timing.ts";
import { name } from "../scalars.ts";

/** The assembly. */
export const alertmanagerName = "alertmanager";

/** Where Alertmanager finds what it sends with, readable to its group. It reads them whenever it sends. */
export const secretsPlace = "/run/gatebox-alertmanager/secrets";

type Receiver = Alertmanager["receivers"][string];

/** A fault that another one follows from is not told beside it. */
const inhibitions = [
  // A host that has gone: nothing else of it is news.
  { source: ['alertname="HostDown"'], target: ['alertname!="HostDown"'], equal: ["host"] },
  // A program that is refused was started again before, and tells no metrics.
  { source: ['alertname="ProgramRefused"'], target: ['alertname="ProgramFrozen"'], equal: ["host", "program"] },
  {
    source: ['alertname="ProgramRefused"'],
    target: ['alertname="ExporterDown"', 'job=~"haproxy|nginx"'],
    equal: ["host"],
  },
  // Of a master that has gone, and of an etcd that has stopped, one message.
  { source: ['alertname="HostDown"'], target: ['alertname="EtcdWithoutRedundancy"'], equal: ["pool"] },
  {
    source: ['alertname="EtcdWithoutRedundancy"'],
    target: ['alertname="ExporterDown"', 'job="etcd"'],
    equal: ["pool"],
  },
  // A route without backends fails.
  { source: ['alertname="RouteWithoutBackends"'], target: ['alertname=~"RouteFailing|RouteSlow"'], equal: ["route"] },
  { source: ['alertname="RouteFailing"'], target: ['alertname="RouteSlow"'], equal: ["route"] },
  { source: ['alertname=~"VipWithoutHolder|VipSeveralHolders"'], target: ['alertname="VipFlapping"'], equal: ["vip"] },
  { source: ['alertname="GlusterQuorum"'], target: ['alertname=~"GlusterHeal|GlusterBrickDown"'], equal: ["host"] },
  { source: ['alertname="GlusterBrickDown"'], target: ['alertname="GlusterHeal"'], equal: ["volume"] },
];

/**
 * `alertmanager/alertmanager.yml`, the same on all hosts. Secrets stand in files of their own, each named for what needs it.
 *
 * @see timingOf for why one fault makes one message
 */
export function alertmanagerConfiguration(box: Box): string {
  const { receivers, route, watchdog } = alertmanagerOf(box);
  const { groupWait, groupInterval } = timingOf(monitoringOf(box));
  return `# Alertmanager of the box. Made by Gatebox: changes by hand are lost.
route:
  receiver: ${quoted(route.receiver)}
  # Each alert is a message of its own, so that what is sent depends on no other.
  group_by: ["..."]
  group_wait: ${groupWait}s
  group_interval: ${groupInterval}s
  repeat_interval: ${route.repeat}
  routes:
${watchdogBranch(watchdog ?? nobody)}${route.branches.map(branchText).join("")}
inhibit_rules:
${inhibitions.map(inhibitionText).join("")}
receivers:
  - name: ${nobody}
${Object.entries(receivers).map(([key, receiver]) => receiverText(key, receiver)).join("")}`; // prettier-ignore
}

/** It is told every minute, as its staying away is what tells. */
function watchdogBranch(receiver: string): string {
  return `    - receiver: ${quoted(receiver)}
      matchers: ['alertname="Watchdog"']
      group_interval: 1m
      repeat_interval: 1m
`;
}

function branchText({ receiver, severity, alerts, pools, also }: Alertmanager["route"]["branches"][number]): string {
  const anyOf = (label: string, values: readonly string[]): string =>
    `${label}=~${quoted(values.map((one) => one.replace(/[^A-Za-z0-9_-]/g, "\\$&")).join("|"))}`;
  const matchers = [
    ...(severity === undefined ? [] : [`severity="${severity}"`]),
    ...(alerts === undefined ? [] : [anyOf("alertname", alerts)]),
    ...(pools === undefined ? [] : [anyOf("pool", pools)]),
  ];
  const matching = matchers.length === 0 ? "" : `      matchers: [${matchers.map(quoted).join(", ")}]\n`;
  return `    - receiver: ${quoted(receiver)}\n${matching}${also ? "      continue: true\n" : ""}`;
}

function inhibitionText({ source, target, equal }: (typeof inhibitions)[number]): string {
  const list = (matchers: readonly string[]): string => `[${matchers.map((one) => `'${one}'`).join(", ")}]`;
  return `  - source_matchers: ${list(source)}
    target_matchers: ${list(target)}
    equal: [${equal.join(", ")}]
`;
}

function receiverText(key: string, { webhook, email, slack }: Receiver): string {
  const secret = (way: string): string => quoted(`${secretsPlace}/${name(key, "receiver")}.${way}`);
  return [
    `  - name: ${quoted(name(key, "receiver"))}\n`,
    webhook === undefined ? "" : webhookText(webhook, secret("webhook")),
    email === undefined ? "" : emailText(email, secret("email")),
    slack === undefined ? "" : slackText(slack, secret("slack")),
  ].join("");
}

function webhookText({ url, authentication, username }: NonNullable<Receiver["webhook"]>, secret: string): string {
  const credentials = {
    none: "",
    basic: `        http_config:\n          basic_auth:\n            username: ${quoted(username ?? "")}\n            password_file: ${secret}\n`,
    bearer: `        http_config:\n          authorization:\n            credentials_file: ${secret}\n`,
  }[authentication].replaceAll("        ", "      ");
  return `    webhook_configs:\n    - url: ${quoted(url)}\n      send_resolved: true\n${credentials}`;
}

function emailText(
  { to, from, smarthost, username, requireTls }: NonNullable<Receiver["email"]>,
  secret: string,
): string {
  const login =
    username === undefined ? "" : `      auth_username: ${quoted(username)}\n      auth_password_file: ${secret}\n`;
  return `    email_configs:
    - to: ${quoted([to].flat().join(", "))}
      from: ${quoted(from)}
      smarthost: ${quoted(smarthost)}
      require_tls: ${String(requireTls)}
      send_resolved: true
      headers:
        Subject: '[{{ .Status | toUpper }}] {{ .CommonAnnotations.summary }}'
${login}`;
}

function slackText({ channel }: NonNullable<Receiver["slack"]>, secret: string): string {
  const named = channel === undefined ? "" : `      channel: ${quoted(channel)}\n`;
  return `    slack_configs:
    - api_url_file: ${secret}
${named}      send_resolved: true
      title: '[{{ .Status | toUpper }}] {{ .CommonAnnotations.summary }}'
      text: '{{ .CommonAnnotations.description }}'
`;
}
