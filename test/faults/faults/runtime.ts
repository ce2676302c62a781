/** containerd of a node, which dies or is started anew beside the pods that it has started. */
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../../../lab/cluster/programs.ts";
import { exec } from "../../../lab/hosts/exec.ts";
import { scriptFile } from "../../../lab/scriptFile.ts";
import type { Lab } from "../../../lab/state.ts";
import { onHost } from "../breaking.ts";
import { fault, type Fault, type Noticed } from "../fault.ts";
import { now } from "../probe/clock.ts";
import { SERVICE, type Scene } from "../scene.ts";

export const NODE = "node-1";

/** What the box promises. */
const READY_MS = 10_000;

/** Seconds until the pods of a node that has just lost them all run again. */
const PODS_SECONDS = 60;

/** Containers that run on the node, each with the process that it is. */
async function containers(lab: Lab): Promise<readonly string[]> {
  const file = "pods-of.sh";
  const all = await onHost(lab, NODE, scriptFile(import.meta.dirname, file), [], file);
  return all.split("\n").filter((each) => each !== "");
}

/** The same, when there are some and they stay. */
async function standing(lab: Lab): Promise<readonly string[]> {
  const deadline = now() + PODS_SECONDS * 1000;
  let last = await containers(lab);
  for (;;) {
    await sleep(1000);
    const next = await containers(lab);
    if (next.length > 1 && next.join() === last.join()) return next;
    if (now() > deadline) throw new Error(`${NODE} has no pods that could be started again`);
    last = next;
  }
}

/** Milliseconds until containerd answers and the node is ready, from now on. */
async function untilReady(lab: Lab): Promise<number> {
  const began = now();
  const condition = '--output=jsonpath={.status.conditions[?(@.type=="Ready")].status}';
  while (now() - began < 6 * READY_MS) {
    const [containerd, ready] = await Promise.all([
      // It asks the daemon for its version, too.
      exec(lab, NODE, "timeout 5 ctr version", { timeoutSeconds: 10 }),
      kubectl(lab, ["get", "node", NODE, condition], { timeoutSeconds: 10 }),
    ]);
    if (containerd.code === 0 && ready.stdout.trim() === "True") return now() - began;
    await sleep(200);
  }
  return Infinity;
}

function ofContainerd(breakIt: (scene: Scene) => Promise<void>): Pick<Fault, "before" | "break" | "afterwards"> {
  let before: readonly string[] = [];
  let readyMs = Infinity;
  return {
    before: async ({ lab }) => {
      before = await standing(lab);
    },
    break: async (scene) => {
      await breakIt(scene);
      readyMs = await untilReady(scene.lab);
    },
    afterwards: async ({ lab }): Promise<readonly Noticed[]> => {
      const after = await containers(lab);
      const gone = before.filter((container) => !after.includes(container));
      return [
        { what: "containers that were started again", value: gone.length, unit: "", bound: 0 },
        { what: "until the node was ready", value: readyMs, unit: "ms", bound: READY_MS },
      ];
    },
  };
}

const common = {
  vips: [],
  needs: [NODE],
  probe: SERVICE,
  moreSeconds: PODS_SECONDS + 90,
  healedSeconds: 6,
  expect: { lost: 0 },
};

export const runtime: readonly Fault[] = [
  fault({
    ...common,
    name: "containerd-killed",
    title: "containerd of a node killed (-9)",
    ...ofContainerd(async ({ lab }) => {
      await onHost(lab, NODE, "systemctl kill --kill-whom=main --signal=KILL containerd");
    }),
    short: true,
  }),
  fault({
    ...common,
    name: "containerd-restarted",
    title: "containerd of a node started anew, as an upgrade or another configuration has it",
    ...ofContainerd(async ({ lab }) => {
      await onHost(lab, NODE, "systemctl restart containerd");
    }),
  }),
];
