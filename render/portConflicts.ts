/** Ports that two programs of one host would listen on: found from what the assemblies declare, before a host is asked. */
import type { Box, Host } from "../box/model.ts";
import type { OpenPort, Registry } from "./assembly.ts";

/** A port of a program that is another's already. */
export interface PortConflict {
  /** Where the stack file says the port, for example `kubeGateways.metricsPort`. */
  readonly path: string;
  readonly message: string;
}

/** A range of ports on one network of a host, and who listens there. */
interface Listener {
  readonly network: string;
  readonly protocol: "tcp" | "udp";
  readonly first: number;
  readonly last: number;
  readonly purpose: string;
  readonly path?: string | undefined;
}

/**
 * What the stack file says about ports that cannot be: each once, for the first host that has the conflict. Ports that are
 * merely opened (`openPorts`) are no conflict: what listens there is the operator's.
 *
 * @example portConflicts(registry, box) // [{ path: "monitoring.nodeExporter.port", message: "port 8405 of gateway-1 …" }]
 */
export function portConflicts(registry: Registry, box: Box): PortConflict[] {
  const found = new Map<string, PortConflict>();
  for (const host of Object.values(box.hosts)) {
    const listeners = [...sshd(host), ...registry.portsOf(box, host).flatMap(listenersOf)];
    for (const one of listeners) {
      if (one.path === undefined || found.has(one.path)) continue;
      const other = listeners.find((each) => each.purpose !== one.purpose && overlap(one, each));
      if (other !== undefined) found.set(one.path, { path: one.path, message: messageOf(host, one, other) });
    }
  }
  return [...found.values()];
}

/** sshd listens on all addresses of a host that the stack connects to. */
function sshd({ addresses, connection }: Host): Listener[] {
  const ports = connection === undefined ? [] : [...new Set([22, connection.port])];
  return Object.keys(addresses).flatMap((network) =>
    ports.map((port) => ({ network, protocol: "tcp", first: port, last: port, purpose: "sshd" }) as const),
  );
}

/** What the border lets past connection tracking is for HAProxy's own routes, which other rules look at. */
function listenersOf(one: OpenPort): Listener[] {
  if (!("port" in one) || one.untrackedOnly === true || one.unknownListener === true) return [];
  const { network, protocol, purpose, path } = one;
  const range = typeof one.port === "number" ? { first: one.port, last: one.port } : one.port;
  return [{ network, protocol, ...range, purpose, path }];
}

function overlap(one: Listener, other: Listener): boolean {
  return (
    one.network === other.network &&
    one.protocol === other.protocol &&
    one.first <= other.last &&
    other.first <= one.last
  );
}

function messageOf(host: Host, one: Listener, other: Listener): string {
  const holder = other.path === undefined ? other.purpose : `${other.purpose} (${other.path})`;
  return `port ${one.first} of ${host.name} on ${one.network} is already that of ${holder}: choose another port`;
}
