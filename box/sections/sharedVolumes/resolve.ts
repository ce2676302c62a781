import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Configuration } from "../../configuration.ts";
import type { Brick, GlusterVolume, SharedVolume } from "../../model.ts";
import type { schema } from "./schema.ts";

type Written = z.output<typeof schema>[string];
type WrittenGluster = Extract<Written, { kind: "gluster" }>;
type WrittenBrick = WrittenGluster["replicaSets"][number]["data"][number];

/** The shared volumes of a sound configuration: addresses found, and who mounts what. */
export function resolveSharedVolumes(configuration: Configuration): Record<string, SharedVolume> {
  const { sharedVolumes, pools, hosts } = configuration;
  const resolved = ([name, { clients, ...volume }]: [string, Written]): SharedVolume => {
    const further = clients.flatMap((pool) => pools[pool] ?? []);
    if (volume.kind === "gluster") return gluster(name, volume, further, hosts);
    return { ...volume, name, mountedOn: [...new Set(further)] };
  };
  return Object.fromEntries(Object.entries(sharedVolumes).map((entry) => [entry[0], resolved(entry)] as const));
}

function gluster(
  name: string,
  { kind, mountPoint, network, pingTimeoutSeconds, replicaSets, serverQuorum }: Omit<WrittenGluster, "clients">,
  clients: readonly string[],
  hosts: Configuration["hosts"],
): GlusterVolume {
  const resolved = ({ host, device, leastGiB }: WrittenBrick): Brick => ({
    host,
    address: addressOf(hosts, host, network),
    uuid: brickUuid(name, host, addressOf(hosts, host, network)),
    ...(device === undefined ? {} : { device }),
    ...(leastGiB === undefined ? {} : { leastGiB }),
  });
  const sets = replicaSets.map(({ data, arbiter }) => ({
    data: data.map(resolved),
    ...(arbiter === undefined ? {} : { arbiter: resolved(arbiter) }),
  }));
  const copies = sets.flatMap(({ data }) => data.map(({ host }) => host));
  return {
    kind,
    name,
    mountPoint,
    network,
    pingTimeoutSeconds,
    replicaSets: sets,
    mountedOn: [...new Set([...copies, ...clients])],
    ...(serverQuorum === undefined ? {} : { serverQuorum }),
  };
}

function addressOf(hosts: Configuration["hosts"], host: string, network: string): string {
  const found = hosts[host]?.addresses[network];
  if (found === undefined) throw new Error(`${host} is not on ${network}; a rule is missing`);
  return found;
}

/** Version 8 of RFC 9562: a UUID of the maker's own making. */
function brickUuid(volume: string, host: string, address: string): string {
  const hex = createHash("sha256").update(`gatebox brick ${volume} ${host} ${address}`).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}
