import { parseDocument } from "yaml";
import { run, runChecked } from "../../lab/run.ts";
import { runAsOperator } from "../../lab/operator.ts";
import type { Lab } from "../../lab/state.ts";
import type { Limits } from "../../box/sections/limits/index.ts";
import type { LabStack } from "../../lab/stack.ts";
import { protoboxOf } from "../../lab/absentHosts.ts";
import type { Figure } from "../figure.ts";
import { applied } from "../pulumi.ts";
import { median, medianRatio } from "../sample.ts";

const ROUNDS = 5;
const SECONDS = 10;
const CONNECTIONS = 32;

/** The two paths to the same pods: through nginx with TLS and HAProxy, and straight to the node. */
const PATHS = {
  box: "https://192.168.0.30/argocd/",
  node: "http://192.168.1.51:30160/",
} as const;

/** What wrk saw. */
interface Load {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Installs the load generator on this machine, which lends the operator's workstation its programs. */
async function ensureWrk(): Promise<void> {
  if ((await run("sh", ["-c", "command -v wrk"])).code === 0) return;
  const apt = (...args: string[]): Promise<unknown> =>
    runChecked("install wrk", "apt-get", ["-qy", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      timeoutSeconds: 300,
    });
  await apt("update");
  await apt("install", "--no-install-recommends", "wrk");
}

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function latency(printed: string, percentile: string): number {
  const [, value, unit = ""] = new RegExp(`^ +${percentile} +([0-9.]+)([a-z]+)$`, "m").exec(printed) ?? [];
  const scale = MILLISECONDS[unit];
  if (value === undefined || scale === undefined) throw new Error(`wrk gave no latency ${percentile}:\n${printed}`);
  return Number(value) * scale;
}

/** @throws Error when any request failed: then it is not the same load any more */
async function load(lab: Lab, url: string, seconds: number): Promise<Load> {
  const args = ["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "--latency", url];
  const { code, stdout, stderr } = await runAsOperator(lab, "wrk", args, { timeoutSeconds: seconds + 20 });
  const perSecond = Number(/^Requests\/sec: +([0-9.]+)$/m.exec(stdout)?.[1]);
  const failed = /^ *(Socket errors|Non-2xx).*$/m.exec(stdout)?.[0].trim();
  if (code !== 0 || !(perSecond > 0) || failed !== undefined) {
    throw new Error(`wrk on ${url}: ${failed ?? `status ${code}`}\n${stdout}${stderr}`);
  }
  return { perSecond, medianMs: latency(stdout, "50%"), p99Ms: latency(stdout, "99%") };
}

/** The load comes from one address, which stands for many clients here. */
async function configured(lab: Lab, box: LabStack, limits: Partial<Limits>): Promise<void> {
  const configuration = parseDocument(await protoboxOf(lab));
  configuration.setIn(["config", "gatebox:limits"], configuration.createNode(limits));
  await box.configure(configuration.toString());
  await applied(box);
}

async function bothPaths(
  lab: Lab,
  say: (line: string) => void,
): Promise<{ readonly through: readonly Load[]; readonly straight: readonly Load[] }> {
  const through: Load[] = [];
  const straight: Load[] = [];
  // Connections between the hops are kept open and pods are warm in daily use.
  for (const url of Object.values(PATHS)) await load(lab, url, 2);
  for (let round = 1; round <= ROUNDS; round += 1) {
    through.push(await load(lab, PATHS.box, SECONDS));
    straight.push(await load(lab, PATHS.node, SECONDS));
    say(`round ${round} of ${ROUNDS}`);
  }
  return { through, straight };
}

export const dataPath: Figure = {
  name: "dataPath",
  title: "The path of a request",
  how: `\`wrk\` on the operator's workstation, one thread, ${CONNECTIONS} connections, ${SECONDS} s a run: through a web server (TLS, HTTP/1.1) and a gateway, beside the same requests straight to the NodePort of the node that the pods are on. ${ROUNDS} rounds, the two in turn. Load generator, web server, gateway, node and pods share the same processors, so the ratio is what the two hops and TLS cost in work, not in distance.`,
  onLab: true,
  measure: async (open, say) => {
    await ensureWrk();
    const { lab, box } = await open();
    await configured(lab, box, { clientRequestsPerSecond: 1_000_000 });
    const { through, straight } = await bothPaths(lab, say).finally(() => configured(lab, box, {}));
    const each = (loads: readonly Load[], of: keyof Load): number[] => loads.map((one) => one[of]);
    return [
      { what: "requests per second, through the box", value: median(each(through, "perSecond")), unit: "per second" },
      {
        what: "requests per second, straight to the NodePort",
        value: median(each(straight, "perSecond")),
        unit: "per second",
      },
      {
        what: "requests per second, through the box beside straight",
        value: medianRatio(each(through, "perSecond"), each(straight, "perSecond")),
        unit: "x",
      },
      {
        what: "p50, through the box beside straight",
        value: medianRatio(each(through, "medianMs"), each(straight, "medianMs")),
        unit: "x",
      },
      { what: "p99, through the box", value: median(each(through, "p99Ms")), unit: "ms" },
      { what: "p99, straight to the NodePort", value: median(each(straight, "p99Ms")), unit: "ms" },
      {
        what: "p99, through the box beside straight",
        value: medianRatio(each(through, "p99Ms"), each(straight, "p99Ms")),
        unit: "x",
      },
    ];
  },
};
