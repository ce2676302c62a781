import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { runAsOperator, sshArguments } from "../../lab/operator.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import type { Lab } from "../../lab/state.ts";
import { RUNTIME_PATH } from "../../host/runtimeText.ts";
import type { Figure, Row } from "../figure.ts";
import { median, medianRatio } from "../sample.ts";
import { routesUnit } from "../scale/routesUnit.ts";
import { giveNewDisk, takeNewDisk } from "../scale/disk.ts";
import { markedRuntime, STAGES, stageTimes } from "../scale/stages.ts";

const ROUNDS = 5;
const ROUTES = 1000;
const HOST = "gateway-1";

/** Of this figure on the host, in memory. */
const PLACE = "/run/gatebox-bench";
const MARKS = `${PLACE}/marks`;

/** What one command on the host took. */
interface Timing {
  readonly ms: number;
  /** Processor time of the command and what it waited for; not of HAProxy, which goes on. */
  readonly cpuMs: number;
  /** When it ended, by the machine's clock: seconds since it started. */
  readonly end: number;
}

/** Seconds of `times`, which prints minutes and seconds: `0m1.250000s`. */
function seconds(text: string): number {
  const [minutes = "", rest = ""] = text.replace("s", "").split("m");
  return Number(minutes) * 60 + Number(rest);
}

/**
 * Times a command on the host, over the operator's SSH as in daily use, with its text on the host already.
 *
 * @throws Error with the command's words when it fails
 */
async function timed(lab: Lab, command: string): Promise<Timing> {
  // What the command prints goes over the operator's connection: by that the runtime knows that the connection is alive.
  const script = `sh ${PLACE}/timed.sh ${PLACE}/times '${command}'`;
  const args = [...sshArguments(lab, hostNamed(HOST)), script];
  const { code, stdout, stderr } = await runAsOperator(lab, "ssh", args, { timeoutSeconds: 200 });
  if (code !== 0) throw new Error(`${HOST}: ${command}: status ${code}\n${stderr}`);
  const [begun, ended, up, user = "", system = ""] = (stdout.trim().split("\n").at(-1) ?? "").split(" ");
  const cpuMs = (seconds(user) + seconds(system)) * 1000;
  return { ms: (Number(ended) - Number(begun)) / 1e6, cpuMs, end: Number(up) };
}

const TREE = "/etc/gatebox/gateway";
const CHECK = `haproxy -c -f ${TREE}/haproxy/base.cfg -f ${TREE}/haproxy/routes`;

/** What was measured, in the order of the rounds. */
interface Rounds {
  readonly fresh: Timing[];
  readonly altered: Timing[];
  readonly removed: Timing[];
  readonly one: Timing[];
  readonly checks: Timing[];
  /** Of all new on the disk that the machine's hosts share. */
  readonly shared: Timing[];
  readonly stages: (readonly number[])[];
}

async function measureRound(lab: Lab, rounds: Rounds): Promise<void> {
  const apply = (text: string): Promise<Timing> => timed(lab, `sh ${RUNTIME_PATH} apply <${PLACE}/${text}`);
  const remove = (): Promise<Timing> => timed(lab, `sh ${RUNTIME_PATH} remove <${PLACE}/new`);
  await giveNewDisk(lab, HOST);
  rounds.one.push(await apply("one"));
  await remove();
  rounds.fresh.push(await apply("new"));
  rounds.checks.push(await timed(lab, CHECK));
  rounds.altered.push(await apply("changed"));
  rounds.removed.push(await remove());
  await giveNewDisk(lab, HOST);
  await exec(lab, HOST, `rm -f ${MARKS}`);
  const { end } = await timed(lab, `sh ${PLACE}/marked.sh apply <${PLACE}/new`);
  rounds.stages.push(stageTimes((await execChecked(lab, HOST, "read the marks", `cat ${MARKS}`)).stdout, end));
  await remove();
  await takeNewDisk(lab, HOST);
  rounds.shared.push(await apply("new"));
  await remove();
}

function rowsOf({ fresh, altered, removed, one, checks, shared, stages }: Rounds): readonly Row[] {
  const ms = (timings: readonly Timing[]): number[] => timings.map((timing) => timing.ms);
  const target = "1500 ms";
  const unit = "ms";
  return [
    { what: "all new, until live", value: median(ms(fresh)), unit, target },
    { what: "all new, the best of the rounds", value: Math.min(...ms(fresh)), unit, target },
    { what: "all new, processor time of the transaction", value: median(fresh.map(({ cpuMs }) => cpuMs)), unit },
    { what: "all new, beside `haproxy -c` alone", value: medianRatio(ms(fresh), ms(checks)), unit: "x" },
    { what: "all new, beside a unit of one route", value: medianRatio(ms(fresh), ms(one)), unit: "x" },
    { what: "all new, on the disk that all hosts share", value: median(ms(shared)), unit },
    { what: "all changed, until live", value: median(ms(altered)), unit, target },
    { what: "all removed", value: median(ms(removed)), unit },
    { what: "beside it: `haproxy -c` of the same tree", value: median(ms(checks)), unit },
    { what: "beside it: a unit of one route, until live", value: median(ms(one)), unit },
    ...STAGES.map(({ name }, index) => {
      const times = stages.map((each) => each[index] ?? NaN);
      return { what: `step of all new: ${name}`, value: median(times), unit } as const;
    }),
  ];
}

export const hostApply: Figure = {
  name: "hostApply",
  title: "1,000 routes with 5,000 backends, live on a gateway",
  how: `One unit of ${ROUTES.toLocaleString("en")} route files and as many open ports in the border, on a gateway that serves the Protobox, applied by the host's runtime over the operator's SSH: from the moment when the text is on the host until the runtime reports it live, with everything staged, validated, reloaded, probed and on the disk. ${ROUNDS} rounds; the runtime's files are on a new disk each time, as a host has one of its own. In the lab the hosts share one with all else that the machine does, and ext4 is slow to make files where others have just deleted thousands; that stands beside it. The steps are from further rounds with marks (in hundredths of a second). One of them is a pause on purpose: 0.2 s for units that come at the same time, which then cost one reload. In the longest, HAProxy reads all of it once more and starts a new worker, and nftables takes the ports one by one.`,
  onLab: true,
  measure: async (open, say) => {
    const { lab } = await open();
    const put = (name: string, input: string): Promise<unknown> =>
      execChecked(lab, HOST, `write ${name}`, `mkdir -p ${PLACE} && cat > ${PLACE}/${name}`, { input });
    await put("new", await routesUnit(HOST, ROUTES, 2000));
    await put("changed", await routesUnit(HOST, ROUTES, 3000));
    await put("one", await routesUnit(HOST, 1, 2000));
    await put("marked.sh", markedRuntime(MARKS));
    await put("timed.sh", scriptFile(import.meta.dirname, "timed.sh"));
    const rounds: Rounds = { fresh: [], altered: [], removed: [], one: [], checks: [], shared: [], stages: [] };
    try {
      for (let round = 1; round <= ROUNDS; round += 1) {
        await measureRound(lab, rounds);
        say(`round ${round} of ${ROUNDS}: ${(rounds.fresh.at(-1)?.ms ?? NaN).toFixed(0)} ms`);
      }
    } finally {
      await exec(lab, HOST, `sh ${RUNTIME_PATH} remove <${PLACE}/new; rm -rf ${PLACE}`, { timeoutSeconds: 200 });
      await takeNewDisk(lab, HOST);
    }
    return rowsOf(rounds);
  },
};
