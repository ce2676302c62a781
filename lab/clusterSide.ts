/**
 * What `npm start` shows of the cluster's side: the nodes as the API has them, a file that all members of a volume read, and a pod
 * of the box's own registry.
 */
import { parse } from "yaml";
import * as z from "zod";
import { declaredApiPlace } from "./declared.ts";
import { exec } from "./hosts/exec.ts";
import { kubectl } from "./cluster/programs.ts";
import { lookAtRegistry, type SeenImage } from "./registry/index.ts";
import type { LabStack } from "./stack.ts";
import type { Lab } from "./state.ts";

/** A node, as the API has it. */
export interface SeenNode {
  readonly name: string;
  readonly ready: boolean;
  readonly version: string;
}

/** A shared volume: the hosts that have it mounted, and which of them read what the first one wrote. */
export interface SeenVolume {
  readonly name: string;
  readonly place: string;
  readonly hosts: readonly string[];
  readonly readBy: readonly string[];
}

/** What was found of the cluster's side. */
export interface ClusterSide {
  /** Where the API was asked: the name and port of its load balancer, or the first master. */
  readonly api: string;
  readonly nodes: readonly SeenNode[];
  readonly volumes: readonly SeenVolume[];
  /** A pod of the box's own registry, where the stack declares one and containerd on the nodes. */
  readonly image?: SeenImage | undefined;
}

/** Seconds for one host to write or read a file: GlusterFS waits ten for a server that has just gone silent. */
const FILE_SECONDS = 20;

const nodesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        nodeInfo: z.object({ kubeletVersion: z.string() }),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })),
      }),
    }),
  ),
});

const brick = z.object({ host: z.string() });
export const volumesSchema = z.record(
  z.string(),
  z.object({
    mountPoint: z.string().default("/storage/shared"),
    replicaSets: z.array(z.object({ data: z.array(brick) })).default([]),
  }),
);

/**
 * Asks the API for its nodes, has a file written on a host of each volume and read on all of its others, and an image pushed and
 * fetched.
 *
 * @param stack that is applied
 * @param stackFile its text
 */
export async function lookAtCluster(lab: Lab, stack: LabStack, stackFile: string): Promise<ClusterSide> {
  const { address, port, name = address } = declaredApiPlace(stackFile);
  const { config = {} } = parse(stackFile) as { config?: Record<string, unknown> };
  const volumes = volumesSchema.parse(config["gatebox:sharedVolumes"] ?? {});
  return {
    api: `${name}:${port}`,
    nodes: await nodesOf(lab),
    volumes: await Promise.all(
      membersOf(volumes).map(async (volume) => ({
        ...volume,
        readBy: await readers(lab, volume.place, volume.hosts),
      })),
    ),
    image: pullsFromItself(config) ? await lookAtRegistry(lab, stack) : undefined,
  };
}

function pullsFromItself(config: Readonly<Record<string, unknown>>): boolean {
  return ["gatebox:registry", "gatebox:containerRuntime"].every((section) => config[section] !== undefined);
}

/** The volumes that have hosts of their own, and these; an NFS server's and local directories have none. */
export function membersOf(volumes: z.infer<typeof volumesSchema>): readonly Omit<SeenVolume, "readBy">[] {
  return Object.entries(volumes).flatMap(([name, { mountPoint: place, replicaSets }]) => {
    const hosts = replicaSets.flatMap(({ data }) => data.map(({ host }) => host));
    return hosts.length === 0 ? [] : [{ name, place, hosts }];
  });
}

async function nodesOf(lab: Lab): Promise<readonly SeenNode[]> {
  const { code, stdout } = await kubectl(lab, ["get", "nodes", "--output=json", "--request-timeout=10s"]);
  if (code !== 0) return [];
  return nodesSchema.parse(JSON.parse(stdout)).items.map(({ metadata, status }) => ({
    name: metadata.name,
    ready: status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True"),
    version: status.nodeInfo.kubeletVersion,
  }));
}

/** Which of the hosts read what the first of them wrote. */
async function readers(lab: Lab, place: string, hosts: readonly string[]): Promise<readonly string[]> {
  const [writer = ""] = hosts;
  const file = `${place}/.gatebox-seen`;
  const written = `${writer} ${Date.now()}`;
  const run = (host: string, script: string): ReturnType<typeof exec> =>
    exec(lab, host, `timeout ${FILE_SECONDS} sh -c ${JSON.stringify(script)}`, { timeoutSeconds: FILE_SECONDS + 10 });
  // Of a host that has nothing mounted there it would say nothing.
  const { code } = await run(writer, `mountpoint -q ${place} && echo ${written} >${file}`);
  if (code !== 0) return [];
  const read = await Promise.all(hosts.map((host) => run(host, `mountpoint -q ${place} && cat ${file}`)));
  await run(writer, `rm -f ${file}`);
  return hosts.filter((_, index) => read[index]?.stdout.trim() === written);
}

/** Whether all nodes are ready, all hosts of each volume read the same, and images come from the registry. */
export function clusterServes({ nodes, volumes, image }: ClusterSide): boolean {
  return (
    (image === undefined || image.trouble === "") &&
    nodes.length > 0 &&
    nodes.every(({ ready }) => ready) &&
    volumes.every(({ hosts, readBy }) => readBy.length === hosts.length)
  );
}
