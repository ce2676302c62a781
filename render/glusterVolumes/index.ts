/**
 * The assembly `gluster-volumes`: what the volumes of a trusted pool are made of and set to. All servers of the pool have it, so
 * that none of them is needed: the first that is in the pool already (of a new one, the first of all) makes them so once all
 * servers run, and the others find them so.
 */
import type { GlusterVolume } from "../../box/model.ts";
import type { Assembly } from "../assembly.ts";
import { brickName } from "../gluster/places.ts";
import { bricksOf, poolsOf, serversOf, trustedPoolOf, type TrustedPool } from "../gluster/trustedPools.ts";
import { address, name, wholeNumber } from "../scalars.ts";
import { script } from "../script.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";

export const glusterVolumesAssembly: Assembly = {
  name: "gluster-volumes",
  pools: (box) => poolsOf(box, serversOf(box)),
  only: (box, host) => serversOf(box).has(host.name),
  programs: [],
  files: (box, host) => {
    const pool = trustedPoolOf(box, host);
    if (pool === undefined) throw new Error(`${host.name} is in no trusted pool`);
    return [
      usedInterfaces([]),
      { path: "volumes.list", mode: "0644", text: volumesList(pool) },
      { path: "lifecycle/limit", mode: "0644", text: `${limitSeconds(pool)}\n` },
      ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
        path: `lifecycle/${step}`,
        mode: "0755",
        text: script(import.meta.dirname, `${step}.sh`),
      })),
    ];
  },
};

/**
 * Seconds that making a pool and its volumes may take: on hosts that are busy with other things a server takes up to ten to join,
 * and a volume most of a minute to be made, set and started.
 */
function limitSeconds({ peers, volumes }: TrustedPool): number {
  return 60 + 20 * peers.length + 90 * volumes.length;
}

/**
 * What the scripts read: `peer ADDRESS`, `volume NAME COPIES ARBITERS force|-`, `brick NAME BRICK` in GlusterFS' order, and
 * `option NAME KEY VALUE`.
 */
function volumesList(pool: TrustedPool): string {
  const lines = [
    ...pool.peers.map((peer) => `peer ${address(peer, "address of a peer")}`),
    ...pool.volumes.flatMap((volume) => [
      `volume ${name(volume.name, "volume")} ${form(volume)}`,
      ...bricksOf(volume).map((brick) => `brick ${volume.name} ${brickName(volume, brick)}`),
      ...Object.entries(options(pool, volume)).map(([key, value]) => `option ${volume.name} ${key} ${value}`),
    ]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function form(volume: GlusterVolume): string {
  const arbiters = volume.replicaSets[0]?.arbiter === undefined ? 0 : 1;
  const onRoot = bricksOf(volume).some(({ device }) => device === undefined);
  return `${3 - arbiters} ${arbiters} ${onRoot ? "force" : "-"}`;
}

/** What GlusterFS is told beside its own defaults. */
export function options(pool: TrustedPool, volume: GlusterVolume): Readonly<Record<string, string>> {
  const servers = bricksOf(volume).map(({ host }) => host);
  const { serverQuorum = servers.length === pool.servers.length } = volume;
  const allowed = [...new Set([...servers, ...volume.mountedOn])].map((host) => name(host, "host"));
  return {
    "client.ssl": "on",
    "server.ssl": "on",
    // By the names that their certificates are made out to.
    "auth.ssl-allow": allowed.join(","),
    // Two of three bricks, or nothing is written: what one side of a cut has, the other cannot contradict.
    "cluster.quorum-type": "auto",
    "cluster.server-quorum-type": serverQuorum ? "server" : "none",
    "cluster.self-heal-daemon": "on",
    // Seconds until what could not be healed is tried again: GlusterFS' own is ten minutes.
    "cluster.heal-timeout": "60",
    "network.ping-timeout": String(wholeNumber(volume.pingTimeoutSeconds, 5, "ping time-out")),
  };
}
