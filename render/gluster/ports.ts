/** The ports of GlusterFS' servers, and who may use them. */
import type { Box, Host } from "../../box/model.ts";
import type { OpenPort } from "../assembly.ts";
import { entry } from "../scalars.ts";
import { bricksOn, bricksOf, trustedPoolOf } from "./trustedPools.ts";

/** Where glusterd answers. */
export const managementPort = 24007;

/** Where a server says what time it is. */
export const clockPort = 24006;

/** Where bricks answer: glusterd takes ports for them out of these, one a brick, others while a brick is replaced. */
export const brickPorts: { readonly first: number; readonly last: number } = { first: 49152, last: 49215 };

/**
 * The clock is the servers' own. The others are open to the servers of the trusted pool, and to the clients of the volumes that the
 * host has a brick of: a client asks glusterd where the bricks are.
 */
export function glusterPorts(box: Box, host: Host): OpenPort[] {
  const pool = trustedPoolOf(box, host);
  const [{ volume: { network } } = { volume: { network: "" } }] = bricksOn(box, host);
  if (pool === undefined) return [];
  // The mount of another volume of the pool may ask any of its servers, which are its backup servers.
  const clients = pool.volumes
    .filter((volume) => bricksOf(volume).some((brick) => brick.host === host.name))
    .flatMap(({ mountedOn }) => mountedOn.map((name) => addressOn(box, name, network)));
  const from = [...new Set([...pool.peers, ...clients])];
  // GlusterFS listens on all addresses, whichever it is open on.
  const own = { network, protocol: "tcp", from, everywhere: true } as const;
  return [
    { ...own, port: managementPort, purpose: "GlusterFS' management" },
    { ...own, port: brickPorts, purpose: "GlusterFS' bricks" },
    { ...own, from: pool.peers, port: clockPort, purpose: "GlusterFS' clock" },
  ];
}

function addressOn(box: Box, host: string, network: string): string {
  return entry(entry(box.hosts, host, "hosts of the box").addresses, network, `addresses of ${host}`);
}
