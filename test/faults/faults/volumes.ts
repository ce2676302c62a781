/** Files on a shared volume while one of its hosts loses its power or its network, and volumes that are mounted in bad times. */
import { setTimeout as sleep } from "node:timers/promises";
import { exec, execChecked } from "../../../lab/hosts/exec.ts";
import { startHost } from "../../../lab/hosts/machine.ts";
import { hostNamed } from "../../../lab/inventory.ts";
import { scriptFile } from "../../../lab/scriptFile.ts";
import type { Lab } from "../../../lab/state.ts";
import { cutPower, dropIncoming, dropNothing, onHost, switchOn } from "../breaking.ts";
import { fault, type Fault, type Noticed, type Seen } from "../fault.ts";
import { now } from "../probe/clock.ts";
import { FILES, FILES_DIRECTORY, FILES_FROM_BOTH, MEMBERS, VOLUME, VOLUME_PLACE, WEB, type Scene } from "../scene.ts";

/** The host that is lost, and one that is not. */
const LOST = "gateway-2";
const KEPT = "gateway-1";

/** What the box promises: no use of a volume takes longer, whichever of its hosts is lost. */
const SILENCE_MS = 45_000;
const MOUNTED_MS = 60_000;

/** Seconds until nothing must be left to heal: GlusterFS looks again every minute for what it could not heal at once. */
const HEAL_SECONDS = 120;

/** How many files are compared at least. */
const FILES_COMPARED = 1000;

/** Seconds until these are written: twenty each second on a machine that has too much to do. */
const OLD_FILES_SECONDS = 120;

/** Writes files. The prober needs a directory that is on the volume, and nowhere where that is not mounted. */
async function writeOldFiles(lab: Lab, count: number): Promise<void> {
  const file = "write-old-files.sh";
  const script = scriptFile(import.meta.dirname, file);
  await execChecked(lab, KEPT, file, script, { args: [FILES_DIRECTORY, String(count)], timeoutSeconds: OLD_FILES_SECONDS }); // prettier-ignore
}

async function leftToHeal(lab: Lab, what = ""): Promise<number | undefined> {
  const script = scriptFile(import.meta.dirname, "left-to-heal.sh");
  const { stdout } = await exec(lab, KEPT, script, {
    args: [VOLUME, String(MEMBERS.length), what],
    timeoutSeconds: 30,
  });
  return stdout.trim() === "" ? undefined : Number(stdout);
}

/** Whether all is healed, and each brick has the same files; they are deleted then. */
async function compared(lab: Lab, least: number): Promise<readonly Noticed[]> {
  const began = now();
  let left = await leftToHeal(lab);
  while (left !== 0 && now() - began < HEAL_SECONDS * 1000) {
    await sleep(1000);
    left = await leftToHeal(lab);
  }
  const healedMs = left === 0 ? now() - began : Infinity;
  const split = await leftToHeal(lab, "split-brain");
  const sums = await Promise.all(MEMBERS.map((host) => checksums(lab, host)));
  const names = new Set(sums.flatMap((own) => [...own.keys()]));
  const different = [...names].filter((name) => new Set(sums.map((own) => own.get(name))).size > 1);
  await exec(lab, KEPT, `rm -r '${FILES_DIRECTORY}'`, { timeoutSeconds: 60 });
  const short = Math.max(0, least - names.size);
  return [
    { what: "until nothing was left to heal", value: healedMs, unit: "ms", bound: HEAL_SECONDS * 1000 },
    { what: "files in split-brain", value: split ?? Infinity, unit: "", bound: 0 },
    { what: "files that are not the same on all bricks", value: different.length, unit: "", bound: 0 },
    { what: `files fewer than ${least}`, value: short, unit: "", bound: 0 },
  ];
}

/** Checksums of the prober's files as a brick has them. */
async function checksums(lab: Lab, host: string): Promise<ReadonlyMap<string, string>> {
  const directory = FILES_DIRECTORY.replace(VOLUME_PLACE, `/srv/gatebox/bricks/${VOLUME}/brick`);
  const script = `cd '${directory}' && find . -type f -exec sha256sum {} +`;
  const { stdout } = await execChecked(lab, host, "checksums", script, { timeoutSeconds: 60 });
  const lines = stdout
    .trim()
    .split("\n")
    .map((each) => each.split("  "));
  return new Map(lines.map(([sum = "", name = ""]) => [name, sum]));
}

const addressOf = (host: string): string => hostNamed(host).addresses["gateway-network"] ?? "";

/** Cuts the network between a host of the volume and the others. */
async function cutOff({ lab }: Scene): Promise<void> {
  const others = MEMBERS.filter((host) => host !== LOST);
  await dropIncoming(lab, LOST, `ip saddr { ${others.map(addressOf).join(", ")} }`);
  for (const other of others) await dropIncoming(lab, other, `ip saddr ${addressOf(LOST)}`);
}

/**
 * Writes that the side without a majority, the second flow, has taken while it was one: it refuses them as soon as it knows, and has
 * them wait until then. Of the other side's none must be lost.
 */
function refusals({ answers, wholeAt, healedAt }: Seen): readonly Noticed[] {
  const lost = answers.filter(({ flow, ok }) => flow === 0 && !ok);
  const taken = answers.filter(
    ({ flow, ok, sentAt, endedAt }) => flow === 1 && ok && sentAt > wholeAt && endedAt < healedAt,
  );
  return [
    { what: "writes lost where the majority is", value: lost.length, unit: "", bound: 0 },
    { what: "writes taken where no majority is", value: taken.length, unit: "", bound: 0 },
  ];
}

/** Milliseconds until the volume is mounted on a host, from now on; Infinity where it takes too long. */
async function untilMounted(lab: Lab, host: string): Promise<number> {
  const began = now();
  const seconds = MOUNTED_MS / 1000 + 10;
  const script = scriptFile(import.meta.dirname, "until-mounted.sh");
  const { code } = await exec(lab, host, script, {
    args: [VOLUME_PLACE, String(seconds)],
    timeoutSeconds: seconds + 10,
  });
  return code === 0 ? now() - began : Infinity;
}

/** Mounts the volume anew where the server that is asked first, the host itself, swallows every question. */
function mountedWithoutFirst(): Pick<Fault, "before" | "break" | "heal" | "afterwards"> {
  let mountedMs = Infinity;
  return {
    before: ({ lab }) => writeOldFiles(lab, 1),
    break: async ({ lab }) => {
      await onHost(lab, LOST, `systemctl stop gatebox-shared-mounts.timer && umount '${VOLUME_PLACE}'`);
      await dropIncoming(lab, LOST, `iifname "lo" tcp dport 24007`);
      await onHost(lab, LOST, "systemctl start gatebox-shared-mounts.timer");
      mountedMs = await untilMounted(lab, LOST);
    },
    heal: async ({ lab }) => {
      await dropNothing(lab, LOST);
      await untilMounted(lab, LOST);
    },
    afterwards: () =>
      Promise.resolve([{ what: "until it was mounted", value: mountedMs, unit: "ms", bound: MOUNTED_MS }]),
  };
}

/** Starts all hosts at once, in any order, and tells when the last has the volume, counted from when two of them ran GlusterFS. */
async function bootedTogether(lab: Lab): Promise<number> {
  const order = MEMBERS.map((host) => ({ host, at: Math.random() })).sort((a, b) => a.at - b.at);
  await Promise.all(order.map(({ host }) => startHost(lab, hostNamed(host))));
  let quorumAt = Infinity;
  const running = async (host: string): Promise<void> => {
    const deadline = now() + 120_000;
    while ((await exec(lab, host, "systemctl is-active --quiet glusterd", { timeoutSeconds: 10 })).code !== 0) {
      if (now() > deadline) throw new Error(`glusterd of ${host} does not run`);
      await sleep(250);
    }
    started += 1;
    if (started === 2) quorumAt = now();
  };
  let started = 0;
  await Promise.all(MEMBERS.map(running));
  const mounted = await Promise.all(MEMBERS.map(async (host) => ((await untilMounted(lab, host)) === Infinity ? Infinity : now()))); // prettier-ignore
  await switchOn(lab, MEMBERS);
  return Math.max(...mounted) - quorumAt;
}

function allBooted(): Pick<Fault, "break" | "heal" | "afterwards"> {
  let mountedMs = Infinity;
  return {
    break: async ({ lab }) => {
      await Promise.all(MEMBERS.map((host) => cutPower(lab, host)));
    },
    heal: async ({ lab }) => {
      mountedMs = await bootedTogether(lab);
    },
    afterwards: () => Promise.resolve([{ what: "until it was mounted on all", value: mountedMs, unit: "ms", bound: MOUNTED_MS }]), // prettier-ignore
  };
}

/** Breaking and healing, with the prober's directory made before and its files compared afterwards. */
function underFiles(
  breakIt: (scene: Scene) => Promise<void>,
  least = FILES_COMPARED,
): Pick<Fault, "before" | "break" | "afterwards" | "moreSeconds"> {
  return {
    before: ({ lab }) => writeOldFiles(lab, least),
    break: breakIt,
    afterwards: async ({ lab }) => compared(lab, least),
    // The checksums, and the files that are deleted.
    moreSeconds: OLD_FILES_SECONDS + HEAL_SECONDS + 120,
  };
}

const needs = MEMBERS;

export const volumes: readonly Fault[] = [
  fault({
    name: "brick-killed",
    title: "GlusterFS and a brick killed (-9) on a host while files are written and read",
    vips: [],
    needs,
    probe: FILES,
    ...underFiles(async ({ lab }) => {
      await onHost(lab, LOST, "systemctl kill --kill-whom=all --signal=KILL glusterd; pkill -KILL -f '[g]lusterfsd.*gateway-shared' || true"); // prettier-ignore
    }, 20),
    brokenSeconds: 5,
    healedSeconds: 2,
    short: true,
    expect: { lost: 0, flowGapMs: SILENCE_MS },
  }),
  fault({
    name: "brick-off",
    title: "the power of a brick's host cut while files are written and read, and switched on again",
    vips: [],
    needs,
    probe: FILES,
    ...underFiles(({ lab }) => cutPower(lab, LOST)),
    heal: ({ lab }) => switchOn(lab, [LOST]),
    brokenSeconds: 20,
    healedSeconds: 10,
    expect: { lost: 0, flowGapMs: SILENCE_MS },
  }),
  fault({
    name: "brick-cut-off",
    title: "the network between a brick and the others cut for 20 s under writes on both sides",
    vips: [],
    needs,
    probe: FILES_FROM_BOTH,
    ...underFiles(cutOff),
    heal: async ({ lab }) => {
      await Promise.all(MEMBERS.map((host) => dropNothing(lab, host)));
    },
    afterwards: async ({ lab }, seen) => [...refusals(seen), ...(await compared(lab, FILES_COMPARED))],
    brokenSeconds: 20,
    healedSeconds: 20,
    expect: { flowGapMs: SILENCE_MS },
  }),
  fault({
    name: "volume-first-server-off",
    title: "a volume mounted while the server that is asked first swallows every question",
    vips: [],
    needs,
    probe: FILES,
    ...mountedWithoutFirst(),
    brokenSeconds: 1,
    moreSeconds: 2 * (MOUNTED_MS / 1000 + 20),
    expect: { lost: 0, flowGapMs: SILENCE_MS },
  }),
  fault({
    name: "volume-all-booted",
    title: "all hosts of a volume switched on at once, in any order",
    vips: [],
    needs,
    probe: WEB,
    ...allBooted(),
    brokenSeconds: 1,
    moreSeconds: 120 + MOUNTED_MS / 1000 + 20,
    expect: {},
  }),
];
