/** Waiting for the cluster, and saying what is wrong with it when it does not come. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { exec } from "../hosts/exec.ts";
import type { LabHost } from "../inventory.ts";
import type { Lab } from "../state.ts";
import { KUBELET_UNIT } from "./kubelet.ts";
import { kubectl } from "./programs.ts";

/** Seconds until the API answers: ten on a quiet machine, a multiple beside compilers. */
const API_SECONDS = 180;

/** Seconds until a kubelet that runs has reported its node as ready. */
const NODE_SECONDS = 180;

/** Seconds until every Deployment has its pods: each pod takes one, the probe five, and a new scheduler may wait once. */
const WORKLOAD_SECONDS = 240;

const POLL_MILLISECONDS = 500;

const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  message: z.string().optional(),
});

const statusSchema = z.object({ conditions: z.array(conditionSchema).optional() });

const nodesSchema = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), status: statusSchema })),
});

const deploymentsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), generation: z.number() }),
      spec: z.object({ replicas: z.number() }),
      status: statusSchema.extend({
        observedGeneration: z.number().optional(),
        availableReplicas: z.number().optional(),
        updatedReplicas: z.number().optional(),
        replicas: z.number().optional(),
      }),
    }),
  ),
});

type Deployment = z.infer<typeof deploymentsSchema>["items"][number];

/**
 * Waits until the API serves.
 *
 * @throws with kubectl's last words
 */
export async function waitForApi(lab: Lab): Promise<void> {
  let words = "";
  const ready = await until(API_SECONDS, async () => {
    const { code, stderr } = await kubectl(lab, ["get", "--raw=/readyz", "--request-timeout=5s"], {
      timeoutSeconds: 15,
    });
    words = stderr;
    return code === 0;
  });
  if (!ready) {
    throw new Error(`the Kubernetes API is not ready after ${API_SECONDS} s: ${words.trim()}`);
  }
}

/**
 * Waits until every node is ready.
 *
 * @throws naming each node that is not, with its own reason and the end of its kubelet's journal
 */
export async function waitForNodes(lab: Lab, nodes: readonly LabHost[]): Promise<void> {
  let missing: readonly { readonly name: string; readonly reason: string }[] = [];
  const ready = await until(NODE_SECONDS, async () => {
    const known = nodesSchema.parse(JSON.parse(await list(lab, ["get", "nodes"]))).items;
    missing = nodes.flatMap(({ name }) => {
      const node = known.find((each) => each.metadata.name === name);
      const condition = node?.status.conditions?.find(({ type }) => type === "Ready");
      return condition?.status === "True" ? [] : [{ name, reason: condition?.message ?? "it has not registered" }];
    });
    return missing.length === 0;
  });
  if (!ready) {
    const reports = missing.map(async ({ name, reason }) => `node ${name}: ${reason}\n${await lastWords(lab, name)}`);
    throw new Error(`not ready after ${NODE_SECONDS} s:\n${(await Promise.all(reports)).join("\n")}`);
  }
}

/**
 * Waits until every Deployment of the lab has all its pods, of its newest form.
 *
 * @throws naming each that has not, with the state of its pods and what happened to them
 */
export async function waitForWorkloads(lab: Lab): Promise<void> {
  let missing: readonly Deployment[] = [];
  const ready = await until(WORKLOAD_SECONDS, async () => {
    const known = deploymentsSchema.parse(
      JSON.parse(await list(lab, ["get", "deployments", "--all-namespaces"])),
    ).items;
    missing = known.filter((deployment) => !isComplete(deployment));
    return known.length > 0 && missing.length === 0;
  });
  if (!ready) {
    const reports = missing.map((deployment) => describe(lab, deployment));
    throw new Error(`not available after ${WORKLOAD_SECONDS} s:\n${(await Promise.all(reports)).join("\n")}`);
  }
}

function isComplete({ metadata, spec, status }: Deployment): boolean {
  const { observedGeneration = 0, availableReplicas = 0, updatedReplicas = 0, replicas = 0 } = status;
  const wanted = spec.replicas;
  return (
    observedGeneration >= metadata.generation &&
    [availableReplicas, updatedReplicas, replicas].every((count) => count === wanted)
  );
}

async function describe(lab: Lab, { metadata: { name, namespace } }: Deployment): Promise<string> {
  const inNamespace = `--namespace=${namespace}`;
  const pods = await kubectl(lab, ["get", "pods", inNamespace, `--selector=app=${name}`, "--output=wide"]);
  const events = await kubectl(lab, ["get", "events", inNamespace, "--sort-by=.lastTimestamp"]);
  const last = events.stdout.trim().split("\n").slice(-5).join("\n");
  return `deployment ${namespace}/${name}:\n${pods.stdout.trim()}\n${last}`;
}

async function lastWords(lab: Lab, node: string): Promise<string> {
  const script = `journalctl --unit=${KUBELET_UNIT} --lines=8 --no-pager --output=cat`;
  const result = await exec(lab, node, script, { timeoutSeconds: 20 }).catch((error: unknown) => ({
    stdout: error instanceof Error ? error.message : String(error),
  }));
  return result.stdout.trim();
}

/** A list as JSON; an API that does not answer has an empty one, and is asked again. */
async function list(lab: Lab, args: readonly string[]): Promise<string> {
  const { code, stdout } = await kubectl(lab, [...args, "--output=json", "--request-timeout=10s"], {
    timeoutSeconds: 20,
  });
  return code === 0 ? stdout : '{"items":[]}';
}

async function until(seconds: number, isReached: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isReached())) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(POLL_MILLISECONDS);
  }
  return true;
}
