/** Bringing hosts up until an operator can log in. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost, LayerName } from "../inventory.ts";
import { runAsOperator, sshArguments } from "../operator.ts";
import type { Lab } from "../state.ts";
import { ensureDisk, isDiskOfToday } from "./disk.ts";
import { consoleTail, leaderOf, startHost } from "./machine.ts";

/** Seconds until sshd answers: one on a quiet machine, ten times that beside compilers, and many hosts boot at once. */
export const BOOT_SECONDS = 120;

/**
 * Refuses hosts that would not come up, because their disks were made when the lab was another one. Those that run are
 * left alone.
 *
 * @throws with the names of all of them, and a hint
 */
export async function assertDisksOfToday(lab: Lab, hosts: readonly LabHost[]): Promise<void> {
  const old: string[] = [];
  for (const host of hosts) {
    if ((await isDiskOfToday(lab, host)) || (await leaderOf(lab, host.name)) !== undefined) continue;
    old.push(host.name);
  }
  if (old.length === 0) return;
  throw new Error(
    `lab ${lab.name}: the disks of ${old.join(", ")} are those of an older lab and would not boot: first ` +
      `\`npm run lab -- --name ${lab.name} down\`, which removes them and what is on them`,
  );
}

/**
 * Switches a host on, unless it is, and waits until the operator can log in by SSH, its host key checked.
 *
 * @throws with the host's name and what ssh or the console said last
 */
export async function bootHost(lab: Lab, host: LabHost, layers: ReadonlyMap<LayerName, string>): Promise<void> {
  await ensureDisk(lab, host, layers);
  await startHost(lab, host);
  await waitForSsh(lab, host);
}

/** Waits until the operator can log in to a host that was switched on. */
export async function waitForSsh(lab: Lab, host: LabHost): Promise<void> {
  const deadline = Date.now() + BOOT_SECONDS * 1000;
  for (;;) {
    const args = ["-o", "BatchMode=yes", ...sshArguments(lab, host), "true"];
    const { code, stderr } = await runAsOperator(lab, "ssh", args, { timeoutSeconds: 15 });
    if (code === 0) {
      return;
    }
    if ((await leaderOf(lab, host.name)) === undefined) {
      throw new Error(`host ${host.name} ended while it booted:\n${await consoleTail(lab, host)}`);
    }
    if (/host key|verification failed/i.test(stderr) || Date.now() > deadline) {
      throw new Error(`host ${host.name}: no login by SSH: ${stderr.trim()}`);
    }
    await sleep(300);
  }
}
