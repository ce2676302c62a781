/** Bringing a lab up, step by step. Every step finds out by itself what is there already, so that it may be repeated. */
import type { ListrTask } from "listr2";
import { assertDisksOfToday, bootHost } from "./hosts/boot.ts";
import { exec } from "./hosts/exec.ts";
import { ensureKeys } from "./hosts/keys.ts";
import { loopDeviceTrouble, SPARE_DISK_BYTES } from "./hosts/spareDisks.ts";
import { readAptConfiguration } from "./image/apt.ts";
import { ensureLayers } from "./image/layers.ts";
import { hostNamed, HOSTS, hostsOfSet, type LabHost, type LayerName, type MasterCount } from "./inventory.ts";
import { withLock } from "./lock.ts";
import { addSwitch } from "./network/switch.ts";
import { addUplink, isIndexFree } from "./network/uplink.ts";
import { addOperator } from "./operator.ts";
import { installMissingPrograms } from "./prerequisites.ts";
import { reportTo, runSteps } from "./progress.ts";
import { changeMachineSettings } from "./settings.ts";
import {
  LABS_DIRECTORY,
  labNamed,
  labsOnThisMachine,
  readRecord,
  writeRecord,
  type Lab,
  type LabRecord,
} from "./state.ts";

/** Which hosts a lab gets. */
export interface UpOptions {
  /** All hosts of the documents instead of the daily set. */
  readonly full?: boolean;
  /** How many masters; by default one in the daily set, three in the full one. */
  readonly masters?: MasterCount | undefined;
  /** Exactly these hosts, beside those that the lab has already. */
  readonly hosts?: readonly string[];
  /** Shows nothing while it works. */
  readonly quiet?: boolean;
}

/** What later steps know from earlier ones. */
export interface UpContext {
  hosts: readonly LabHost[];
  layers: ReadonlyMap<LayerName, string>;
  index: number;
  /** What went wrong with single hosts. */
  failures: string[];
}

/** Hosts that boot at the same time: more than processors, because each waits for its own services in between. */
const BOOTING_AT_ONCE = 4;

/** Seconds to wait for another `up` or `down` of the same lab: a first `up` that builds everything. */
const OTHER_RUN_SECONDS = 3600;

/** Labs that fit on one machine: what the third octet of an uplink's address can count. */
const MOST_LABS = 256;

/**
 * Brings a lab up: installs what is missing, builds the image, makes the networks, boots the hosts. Safe to repeat and
 * after an interruption; hosts that run are left alone, hosts that died are started again. A lab only ever grows: hosts
 * that it has stay until `down`.
 *
 * @param more steps that follow, such as those of the cluster
 * @throws with the step's own words when one fails; what was made stays, and the next `up` goes on from there
 * @example
 * await bringUp(labNamed("protobox"), { full: true });
 */
export async function bringUp(
  lab: Lab,
  options: UpOptions = {},
  more: readonly ListrTask<UpContext>[] = [],
): Promise<readonly LabHost[]> {
  const context: UpContext = { hosts: [], layers: new Map(), index: 0, failures: [] };
  const steps = [...labSteps(lab, options), ...more];
  await withLock(lab.directory, OTHER_RUN_SECONDS, () => runSteps(steps, context, options.quiet));
  return context.hosts;
}

/** The steps of the lab itself, hosts booted at the end; for a caller that adds its own. */
export function labSteps(lab: Lab, options: UpOptions): readonly ListrTask<UpContext>[] {
  return [
    {
      title: "Install missing programs",
      task: async (_, task) => {
        const installed = await installMissingPrograms(reportTo(task));
        task.title = installed.length === 0 ? "No program is missing" : `Installed ${installed.join(", ")}`;
      },
    },
    {
      title: "Claim a place on this machine",
      task: async (context) => {
        const record = await claim(lab, options);
        context.index = record.index;
        context.hosts = HOSTS.filter((host) => record.hosts.includes(host.name));
        // Before anything that takes long.
        await assertDisksOfToday(lab, context.hosts);
      },
    },
    {
      title: "Image",
      task: async (context, task) => {
        const wanted = new Set(context.hosts.flatMap((host) => host.layers));
        context.layers = await ensureLayers([...wanted], reportTo(task));
        task.title = `Image (${[...context.layers.keys()].join(" + ")})`;
      },
    },
    { title: "Keys", task: () => ensureKeys(lab) },
    {
      title: "Networks, uplink, operator's workstation",
      task: async (context) => {
        await addSwitch(lab);
        await addUplink(lab, context.index);
        await addOperator(lab);
      },
    },
    {
      title: "Hosts",
      task: (context, task) =>
        task.newListr(
          context.hosts.map((host) => ({ title: host.name, task: () => boot(lab, host, context) })),
          { concurrent: BOOTING_AT_ONCE, exitOnError: false },
        ),
    },
    {
      title: "All hosts answer",
      task: ({ failures }) => {
        if (failures.length > 0) {
          throw new Error(failures.join("\n"));
        }
      },
    },
    {
      title: "Spare disks",
      task: async ({ hosts }, task) => {
        task.title = await spareDisks(hosts);
      },
    },
    {
      title: "Uplink",
      task: async ({ hosts }, task) => {
        const trouble = await uplinkTrouble(lab, hosts);
        task.title = trouble ?? "Uplink: hosts can fetch packages";
      },
    },
  ];
}

/** One host that does not boot keeps no other from it; all failures are reported at the end. */
async function boot(lab: Lab, host: LabHost, context: UpContext): Promise<void> {
  try {
    await bootHost(lab, host, context.layers);
  } catch (error) {
    context.failures.push(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** What there is to make file systems on, for people. */
async function spareDisks(hosts: readonly LabHost[]): Promise<string> {
  const trouble = await loopDeviceTrouble();
  if (trouble !== undefined) {
    return `Spare disks: none, for this machine has no loop devices (${trouble}); bricks can stand on root file systems`;
  }
  const count = hosts.reduce((sum, host) => sum + host.spareDisks, 0);
  return `Spare disks: ${count} of ${SPARE_DISK_BYTES / 2 ** 30} GiB (/dev/vdb, /dev/vdc)`;
}

/** A lab that cannot reach packages is of use too (everything may be installed), so this is reported and is no error. */
async function uplinkTrouble(lab: Lab, hosts: readonly LabHost[]): Promise<string | undefined> {
  const host = hosts.find((each) => each.uplink);
  const { mirror, proxy } = await readAptConfiguration();
  // Resolving the name and opening a connection takes milliseconds; ten seconds are for one resolver that is away.
  const probe = `curl -s -o /dev/null --max-time 10 ${proxy === undefined ? "" : `-x ${proxy}`} ${mirror.uri}`;
  if (!host || (await exec(lab, host.name, probe, { timeoutSeconds: 20 })).code === 0) {
    return undefined;
  }
  return (
    `Uplink: ${host.name} cannot fetch ${mirror.uri}, so nothing can be installed on the hosts. If this machine can, ` +
    "another of its firewalls drops what it forwards (Docker and ufw do: allow it for the interfaces gb-up*)"
  );
}

/** Under the machine's lock: two labs that come up at once must not take the same place. */
async function claim(lab: Lab, options: UpOptions): Promise<LabRecord> {
  const wanted = options.hosts?.map(hostNamed) ?? hostsOfSet(options.full ?? false, options.masters);
  return withLock(LABS_DIRECTORY, 60, async () => {
    await changeMachineSettings();
    const existing = await readRecord(lab);
    const names = new Set([...(existing?.hosts ?? []), ...wanted.map((host) => host.name)]);
    const record = { hosts: [...names], index: existing?.index ?? (await freeIndex()) };
    await writeRecord(lab, record);
    return record;
  });
}

async function freeIndex(): Promise<number> {
  const records = await Promise.all((await labsOnThisMachine()).map((name) => readRecord(labNamed(name))));
  const taken = new Set(records.map((record) => record?.index));
  for (let index = 0; index < MOST_LABS; index += 1) {
    if (!taken.has(index) && (await isIndexFree(index))) {
      return index;
    }
  }
  throw new Error(`${MOST_LABS} labs are up on this machine; take one down: npm run lab -- down --name NAME`);
}
