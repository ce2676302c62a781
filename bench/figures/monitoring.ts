import { setTimeout as sleep } from "node:timers/promises";
import { execChecked } from "../../lab/hosts/exec.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import type { Lab } from "../../lab/state.ts";
import { RUNTIME_PATH } from "../../host/runtimeText.ts";
import { query, SERVERS } from "../../test/e2e/prometheus.ts";
import { CONFIGURED } from "../../test/e2e/world.ts";
import type { Figure, Row } from "../figure.ts";
import { median } from "../sample.ts";
import { routesUnit } from "../scale/routesUnit.ts";

const MINUTES = 3;
const ROUTES = 1000;
const GATEWAY = "gateway-1";

/** Seconds between two scrapes, and between two rounds of a host's sources. */
const SCRAPE_SECONDS = 15;
const SCRAPES = 6;

/** What watches a host: seconds of processor time until now by service, and MiB. */
interface Usage {
  readonly seconds: ReadonlyMap<string, number>;
  readonly mib: number;
}

async function usage(lab: Lab, host: string, round: "with a round" | "without"): Promise<Usage> {
  const script = scriptFile(import.meta.dirname, "../scale/watching.sh");
  const args = round === "with a round" ? ["round"] : [];
  const { stdout } = await execChecked(lab, host, "look at what watches", script, { args, timeoutSeconds: 60 });
  const lines = stdout.trim().split("\n").map((line) => line.split(" ")); // prettier-ignore
  const seconds = new Map(lines.map(([name = "", used]) => [name, Number(used)]));
  return { seconds, mib: lines.reduce((sum, [, , mib]) => sum + Number(mib), 0) };
}

/** Of one core, in percent. */
async function shares(lab: Lab): Promise<ReadonlyMap<string, { readonly percent: number; readonly mib: number }>> {
  const before = new Map<string, Usage>();
  for (const host of CONFIGURED) before.set(host, await usage(lab, host, "without"));
  const begun = performance.now();
  await sleep(MINUTES * 60_000);
  const found = new Map<string, { percent: number; mib: number }>();
  for (const host of CONFIGURED) {
    const after = await usage(lab, host, "with a round");
    const elapsed = (performance.now() - begun) / 1000;
    const round = (after.seconds.get("round") ?? 0) / SCRAPE_SECONDS;
    const used = [...after.seconds].filter(([name]) => name !== "round");
    const spent = used.reduce((sum, [name, seconds]) => sum + seconds - (before.get(host)?.seconds.get(name) ?? 0), 0);
    found.set(host, { percent: 100 * (spent / elapsed + round), mib: after.mib });
  }
  return found;
}

/** Seconds that Prometheus needs for a gateway's HAProxy, scrape by scrape, with many routes in it. */
async function scrapes(lab: Lab, say: (line: string) => void): Promise<readonly number[]> {
  const unit = await routesUnit(GATEWAY, ROUTES, 2000);
  const runtime = (verb: string): Promise<unknown> =>
    execChecked(lab, GATEWAY, `${verb} the routes`, `sh ${RUNTIME_PATH} ${verb}`, { input: unit, timeoutSeconds: 200 });
  await runtime("apply");
  try {
    const taken: number[] = [];
    while (taken.length < SCRAPES) {
      await sleep(SCRAPE_SECONDS * 1000);
      const [last] = await query(lab, "gateway-4", `scrape_duration_seconds{job="haproxy",host="${GATEWAY}"}`);
      const [up] = await query(lab, "gateway-4", `up{job="haproxy",host="${GATEWAY}"}`);
      taken.push(up?.value === 1 ? (last?.value ?? NaN) : Infinity);
      say(`scrape ${taken.length} of ${SCRAPES}: ${(taken.at(-1) ?? NaN).toFixed(2)} s`);
    }
    return taken;
  } finally {
    await runtime("remove");
  }
}

export const monitoring: Figure = {
  name: "monitoring",
  title: "What monitoring costs",
  how: `The Protobox at rest, for ${MINUTES} minutes: processor time of Prometheus, Alertmanager and the exporters of each host, and of one round of the host's own sources, of which there is one every ${SCRAPE_SECONDS} s. Then ${SCRAPES} scrapes by the box's own Prometheus of a gateway with ${ROUTES.toLocaleString("en")} routes more and 5,000 servers behind them.`,
  onLab: true,
  measure: async (open, say) => {
    const { lab } = await open();
    const all = await shares(lab);
    for (const [host, { percent, mib }] of all) say(`${host}: ${percent.toFixed(1)} %, ${mib.toFixed(0)} MiB`);
    const others = [...all].filter(([host]) => !SERVERS.some((server) => server === host)).map(([, { percent }]) => percent); // prettier-ignore
    const servers = SERVERS.map((server) => all.get(server) ?? { percent: NaN, mib: NaN });
    const seconds = await scrapes(lab, say);
    const rows: readonly Row[] = [
      {
        what: "a host without Prometheus, the busiest: of one core",
        value: Math.max(...others),
        unit: "%",
        target: "3 %",
      },
      { what: "a host without Prometheus, the median: of one core", value: median(others), unit: "%", target: "3 %" },
      { what: "a NAT gateway with Prometheus, the busier: of one core", value: Math.max(...servers.map(({ percent }) => percent)), unit: "%", target: "3 %" }, // prettier-ignore
      { what: "a NAT gateway with Prometheus: memory, the larger", value: Math.max(...servers.map(({ mib }) => mib)), unit: "MiB", target: "300 MiB" }, // prettier-ignore
      { what: `a scrape of ${ROUTES.toLocaleString("en")} routes more, the slowest of ${SCRAPES}`, value: Math.max(...seconds), unit: "s", target: "2 s" }, // prettier-ignore
    ];
    return rows;
  },
};
