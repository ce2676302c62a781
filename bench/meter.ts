/** Seeing what a run of Pulumi costs: wall time, processor time and memory of the engine, the program and the plugins. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { addCgroups, removeCgroups } from "../lab/hosts/cgroups.ts";
import { runAsOperator } from "../lab/operator.ts";
import type { RunResult } from "../lab/run.ts";
import { operatorHome, type StackHome } from "../lab/stack.ts";
import type { Lab } from "../lab/state.ts";

/** What a run cost. */
export interface Cost {
  readonly seconds: number;
  /** Of all its processes together. Hardly depends on what else the machine does. */
  readonly cpuSeconds: number;
  /** Resident memory of all its processes at the moment when it was largest; pages that they share count for each. */
  readonly peakMiB: number;
}

/** See {@link openMeter}. */
export interface Meter {
  /** Where stacks are opened whose commands are to be measured. */
  readonly home: StackHome;
  /** Runs something that starts processes through `home`, alone. @throws what it throws */
  measure(action: () => Promise<RunResult>): Promise<{ readonly cost: Cost; readonly result: RunResult }>;
  close(): Promise<void>;
}

/** Name of the control group beside those of the lab's hosts. */
const PART = "measured";

/** Milliseconds between two looks at the memory: a fortieth of the shortest run. */
const SAMPLE_MS = 100;

/**
 * Starts what it is given in a control group of its own, so that whatever it starts in turn is seen: Pulumi's plugins
 * are no children of the program.
 */
export async function openMeter(lab: Lab): Promise<Meter> {
  const groups = await addCgroups(lab, PART);
  const cpu = cpuCounter(groups);
  const join = 'for file in $CGROUPS; do echo $$ > "$file"; done; exec "$@"';
  const home: StackHome = {
    ...operatorHome(lab),
    run: (command, args, { env = {}, ...options }) =>
      runAsOperator(lab, "sh", ["-euc", join, "sh", command, ...args], {
        ...options,
        env: { ...(env as Record<string, string>), CGROUPS: groups.join(" ") },
      }),
  };
  const measure: Meter["measure"] = async (action) => {
    let peakMiB = 0;
    let looking: Promise<void> | undefined;
    const timer = setInterval(() => {
      looking ??= residentMiB(groups[0] ?? "")
        .then((now) => void (peakMiB = Math.max(peakMiB, now)))
        .finally(() => (looking = undefined));
    }, SAMPLE_MS);
    const cpuBefore = await cpu();
    const begun = performance.now();
    try {
      const result = await action();
      const seconds = (performance.now() - begun) / 1000;
      return { cost: { seconds, cpuSeconds: (await cpu()) - cpuBefore, peakMiB }, result };
    } finally {
      clearInterval(timer);
      await looking;
    }
  };
  return { home, measure, close: () => removeCgroups(lab, PART) };
}

/** Seconds of processor time that a control group has used: of version 1 in one hierarchy of several, of version 2 beside. */
function cpuCounter(groups: readonly string[]): () => Promise<number> {
  const directories = groups.map((file) => path.dirname(file));
  const legacy = directories.map((directory) => path.join(directory, "cpuacct.usage")).find((file) => existsSync(file));
  if (legacy !== undefined) return async () => Number(await readFile(legacy, "utf8")) / 1e9;
  const unified = path.join(directories[0] ?? "", "cpu.stat");
  return async () => Number(/^usage_usec (\d+)/m.exec(await readFile(unified, "utf8"))?.[1]) / 1e6;
}

async function residentMiB(processes: string): Promise<number> {
  const pids = (await readFile(processes, "utf8").catch(() => "")).split("\n").filter((pid) => pid !== "");
  const statuses = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, "utf8").catch(() => "")));
  return statuses.reduce((sum, status) => sum + Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024, 0);
}
