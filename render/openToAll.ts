/** What hosts of a box open to everybody on one of their networks, at which addresses. */
import type { Box, Host } from "../box/model.ts";
import type { Registry } from "./assembly.ts";
import { entry, familyOf } from "./scalars.ts";

/** A range of ports that are open to everybody on a network. */
export interface OpenToAll {
  readonly network: string;
  readonly protocol: "tcp" | "udp";
  readonly first: number;
  readonly last: number;
  /** Whether only packets that the border takes past connection tracking are let in. */
  readonly untrackedOnly: boolean;
  /** Whether the firewall takes its packets past connection tracking. */
  readonly untracked: boolean;
}

/** Where sshd may listen on a host: the usual port is closed beside the one that the operator uses. */
export function sshPorts({ connection }: Host): number[] {
  return [...new Set([22, connection?.port ?? 22])];
}

/** The ports that a host opens to everybody, as they are declared. SSH, the operator's, is not, and may lie in a range. */
export function openToAll(box: Box, host: Host, registry: Registry): OpenToAll[] {
  return registry.portsOf(box, host).flatMap((one) => {
    if (!("port" in one) || one.from !== undefined) return [];
    const { network, protocol, untrackedOnly = false, untracked = false } = one;
    const range = typeof one.port === "number" ? { first: one.port, last: one.port } : one.port;
    return [{ network, protocol, untrackedOnly, untracked, first: range.first, last: range.last }];
  });
}

/** A host's addresses on a network, of one family: its own, and the virtual IPs that it may hold. */
export function addressesOn(box: Box, host: Host, network: string, family: 4 | 6): string[] {
  const own = family === 4 ? host.addresses[network] : host.addresses6?.[network];
  const virtual = Object.values(box.virtualIps).filter(
    (vip) =>
      vip.network === network &&
      familyOf(vip.address, vip.name) === family &&
      entry(box.pools, vip.pool, "pools of the box").members.includes(host.name),
  );
  return [...(own === undefined ? [] : [own]), ...virtual.map(({ address }) => address)];
}
