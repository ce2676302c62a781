/** The alerts of a box, from one or several Prometheus that each know all of them. */
import { z } from "zod";
import { withoutSecrets } from "../../box/printable.ts";

/** An alert that fires. */
export interface FiringAlert {
  readonly name: string;
  readonly severity: string;
  /** What it is about, as its labels say: `host="gateway-2" route="argocd"`. */
  readonly about: string;
  readonly summary: string;
  /** Since when, in milliseconds since 1970: by the Prometheus that saw it first. */
  readonly since: number;
}

/** What is known of a box's alerts. */
export interface AlertsOfBox {
  /** The hosts whose Prometheus has answered. */
  readonly from: readonly string[];
  /** Those that came first first. */
  readonly firing: readonly FiringAlert[];
  /** What keeps alerts from being known, each in one line. */
  readonly problems: readonly string[];
}

/** What a host's Prometheus has said. */
export type SaidAlerts = { readonly host: string } & ({ readonly json: string } | { readonly failure: string });

/** As Prometheus answers `/api/v1/alerts` (its documentation, "HTTP API"); pending ones have not lasted long enough yet. */
const answer = z.object({
  status: z.literal("success"),
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
        state: z.string(),
        activeAt: z.string(),
      }),
    ),
  }),
});

type Said = z.output<typeof answer>["data"]["alerts"];

/** Always fires, so that its absence says that nothing is evaluated. */
const watchdog = "Watchdog";

/** Labels that have a column of their own. */
const shown = new Set(["alertname", "severity"]);

/** What several have said, each alert once. */
export function mergedAlerts(said: readonly SaidAlerts[]): AlertsOfBox {
  const heard = said.map((one) => ({ host: one.host, alerts: "json" in one ? parsed(one.json) : undefined, one }));
  const firing = new Map<string, FiringAlert>();
  for (const alert of heard.flatMap(({ alerts = [] }) => alerts).flatMap(firingOf)) {
    const key = JSON.stringify([alert.name, alert.severity, alert.about]);
    const known = firing.get(key);
    if (known === undefined || alert.since < known.since) firing.set(key, alert);
  }
  return {
    from: heard.flatMap(({ host, alerts }) => (alerts === undefined ? [] : [host])),
    firing: [...firing.values()].sort((one, other) => one.since - other.since),
    problems: heard.flatMap(({ host, alerts, one }) => problemOf(host, alerts, one)),
  };
}

function problemOf(host: string, alerts: Said | undefined, said: SaidAlerts): readonly string[] {
  if (alerts === undefined) {
    const words = "failure" in said ? said.failure : "an answer that is not Prometheus'";
    return [`Prometheus on ${host} does not answer: ${withoutSecrets(words)}`];
  }
  const evaluates = alerts.some(({ labels, state }) => labels["alertname"] === watchdog && state === "firing");
  return evaluates ? [] : [`Prometheus on ${host} evaluates no rules: ${watchdog} does not fire there`];
}

function parsed(json: string): Said | undefined {
  try {
    return answer.parse(JSON.parse(json)).data.alerts;
  } catch {
    return undefined;
  }
}

function firingOf({ labels, annotations, state, activeAt }: Said[number]): readonly FiringAlert[] {
  const { alertname: name = "", severity = "" } = labels;
  const since = Date.parse(activeAt);
  if (state !== "firing" || name === watchdog || Number.isNaN(since)) return [];
  const about = Object.entries(labels)
    .filter(([label]) => !shown.has(label))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(" ");
  // Labels are whatever somebody's own rules and targets say.
  const summary = withoutSecrets(annotations["summary"] ?? "");
  return [{ name, severity, about: withoutSecrets(about), summary, since }];
}
