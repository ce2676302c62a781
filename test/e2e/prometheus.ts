/** The box's own Prometheus and Alertmanager, asked on their hosts, and who is told of alerts. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runInNamespace } from "../../lab/network/namespaces.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { namespaceOf, namespacePath, type Lab } from "../../lab/state.ts";

/** The hosts of monitoring, as the Protobox has them. */
export const SERVERS = ["gateway-4", "gateway-5"] as const;
export type Server = (typeof SERVERS)[number];

/** Where the receiver of the Protobox is: the operator's workstation. */
const RECEIVER = { address: "192.168.0.2", port: 9080 } as const;

/** One value, and the labels that it has. */
export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a server's Prometheus answers to an expression. */
export async function query(lab: Lab, server: Server, expression: string): Promise<readonly Value[]> {
  const { data } = (await api(lab, server, `query?query=${encodeURIComponent(expression)}`)) as {
    readonly data: { readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[] }; // prettier-ignore
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The alerts that a server's Prometheus has firing, but for those that tell of no fault, as `ALERT PLACE`. */
export async function firing(lab: Lab, server: Server): Promise<readonly string[]> {
  const { data } = (await api(lab, server, "alerts")) as {
    readonly data: { readonly alerts: readonly { readonly state: string; readonly labels: Record<string, string> }[] };
  };
  const all = data.alerts.filter(({ state, labels }) => state === "firing" && !NO_FAULT.includes(labels["alertname"] ?? "")); // prettier-ignore
  return all.map(({ labels }) => placed(labels)).sort();
}

/**
 * They tell that all is well, that somebody has switched a host on, that nobody listened before this receiver did, and that tests of
 * the last ten minutes have moved an address, or frozen a program, more often than a sound box does.
 */
const NO_FAULT: readonly string[] = ["Watchdog", "Rebooted", "NotificationsFailing", "VipFlapping", "ProgramFrozen"];

/** An alert by its name and the narrowest of what it is about. */
function placed(labels: Readonly<Record<string, string>>): string {
  const { alertname = "", host, route, vip } = labels;
  return `${alertname} ${vip ?? route ?? host ?? ""}`;
}

async function api(lab: Lab, server: Server, question: string): Promise<unknown> {
  const address = hostNamed(server).addresses["gateway-network"] ?? "";
  const url = `http://${address}:9090/prometheus/api/v1/${question}`;
  const { code, stdout, stderr } = await runInNamespace(namespaceOf(lab, server), "curl", ["-sSfm", "10", url]);
  if (code !== 0) throw new Error(`Prometheus of ${server} does not answer ${question}: ${stderr}`);
  return JSON.parse(stdout);
}

/** A message as it arrived at the operator's workstation. */
export interface Message {
  readonly at: number;
  readonly status: "firing" | "resolved";
  /** `ALERT PLACE` */
  readonly of: readonly string[];
}

/** Who is told, as the stack file of the Protobox says. */
export interface Receiver {
  readonly messages: readonly Message[];
  stop(): Promise<void>;
}

/** Takes messages at the operator's workstation until it is stopped. */
export async function startReceiver(lab: Lab): Promise<Receiver> {
  const program = path.join(import.meta.dirname, "alertReceiver.ts");
  const inside = [`--net=${namespacePath(namespaceOf(lab, "operator"))}`, "--", process.execPath, program];
  const child = spawn("nsenter", [...inside, RECEIVER.address, String(RECEIVER.port)], { stdio: ["ignore", "pipe", "inherit"] }); // prettier-ignore
  const messages: Message[] = [];
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.includes('"status"')) messages.push(messageOf(line));
  });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  if (child.exitCode !== null) throw new Error(`the receiver of alerts ended with status ${child.exitCode}`);
  return {
    messages,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function messageOf(line: string): Message {
  const { at, status, labels } = JSON.parse(line) as Omit<Message, "of"> & { readonly labels: readonly Record<string, string>[] }; // prettier-ignore
  const faults = labels.filter(({ alertname = "" }) => !NO_FAULT.includes(alertname));
  return { at, status, of: faults.map(placed) };
}

/** Waits until something is so, and says how many seconds it took. */
export async function secondsUntil(what: string, limit: number, condition: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  const taken = (): number => (performance.now() - start) / 1000;
  while (!(await condition())) {
    if (taken() > limit) throw new Error(`not within ${limit} s: ${what}`);
    await sleep(250);
  }
  return taken();
}
