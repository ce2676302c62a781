/** Taking a lab down: nothing of it stays on the machine but the caches, however it was left. */
import { readFile, rm, rmdir } from "node:fs/promises";
import type { ListrTask } from "listr2";
import { killProcessesOf, removeCgroups } from "./hosts/cgroups.ts";
import { killHost } from "./hosts/machine.ts";
import { detachDisksUnder } from "./hosts/spareDisks.ts";
import { HOSTS } from "./inventory.ts";
import { withLock } from "./lock.ts";
import { removeNamespace } from "./network/namespaces.ts";
import { removeUplink } from "./network/uplink.ts";
import { removeOperator } from "./operator.ts";
import { runSteps } from "./progress.ts";
import { run } from "./run.ts";
import { restoreMachineSettings } from "./settings.ts";
import { LABS_DIRECTORY, labsOnThisMachine, namespaceOf, readRecord, type Lab } from "./state.ts";

/** Seconds to wait for an `up` of the same lab that is under way. */
const OTHER_RUN_SECONDS = 600;

/**
 * Takes a lab down: processes, namespaces, control groups, mounts, rules and files. A lab that was never up, or that a
 * crash left in pieces, is no error. The machine's settings go back to what they were with the last lab.
 *
 * @example
 * await takeDown(labNamed("protobox"));
 */
export async function takeDown(lab: Lab, options: { readonly quiet?: boolean } = {}): Promise<void> {
  await withLock(lab.directory, OTHER_RUN_SECONDS, () => runSteps(stepsDown(lab), {}, options.quiet));
  await withLock(LABS_DIRECTORY, 60, async () => {
    if ((await labsOnThisMachine()).length === 0) {
      await restoreMachineSettings();
      // Another program's file in there would be a mistake, but none of ours to remove.
      await rmdir(LABS_DIRECTORY).catch(() => undefined);
    }
  });
}

function stepsDown(lab: Lab): readonly ListrTask<object>[] {
  return [
    {
      title: "Hosts off",
      task: async () => {
        // All processes first: hosts die at once instead of one after another.
        await killProcessesOf(lab);
        for (const host of HOSTS) {
          await killHost(lab, host);
        }
      },
    },
    {
      title: "Networks away",
      task: async () => {
        const record = await readRecord(lab).catch(() => undefined);
        await removeOperator(lab);
        await removeUplink(lab, record?.index);
        await removeNamespace(namespaceOf(lab, "switch"));
      },
    },
    {
      title: "Files away",
      task: async () => {
        await removeCgroups(lab);
        await unmountAllUnder(lab.directory);
        // Those of hosts are gone by now; this is for a disk that a person has attached to look at it.
        await detachDisksUnder(lab.directory);
        await rm(lab.directory, { recursive: true, force: true });
      },
    },
  ];
}

/** Hosts mount where nobody else sees it; this is for what a person has mounted by hand to look at a disk. */
async function unmountAllUnder(directory: string): Promise<void> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounts.filter((path) => path.startsWith(`${directory}/`)).reverse()) {
    await run("umount", ["--lazy", mount]);
  }
}
