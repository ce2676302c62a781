/** Ports that two programs of one host would listen on: found from what the assemblies declare, before a host is asked. */
import type { Box, Host } from "../box/model.ts";
import type { LocalPort, OpenPort, Registry } from "./assembly.ts";

/** A port of a program that is another's already. */
export interface PortConflict {
  /** Where the stack file says the port, for example `kubeGateways.metricsPort`. */
  readonly path: string;
  readonly message: string;
}

/** Where a program listens that does so on all addresses, and one that does so for its own host alone. */
const everywhere = "all addresses";
const loopback = "127.0.0.1";

/** A range of ports on one network of a host, and who listens there. */
interface Listener {
  /** A network of the box, or one of the two above. */
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
    const local = registry.assembliesOf(box, host).flatMap(({ localPorts }) => localPorts?.(box, host) ?? []);
    const open = registry.portsOf(box, host).flatMap(listenersOf);
    const listeners = [...sshd(host), ...open, ...local.map(localListener)];
    for (const one of listeners) {
      if (one.path === undefined || found.has(one.path)) continue;
      const other = listeners.find((each) => each.purpose !== one.purpose && overlap(one, each));
      if (other !== undefined) found.set(one.path, { path: one.path, message: messageOf(host, one, other) });
    }
  }
  return [...found.values()];
}

/** sshd listens on all addresses of a host that the stack connects to. */
function sshd({ connection }: Host): Listener[] {
  const ports = connection === undefined ? [] : [...new Set([22, connection.port])];
  return ports.map((port) => ({ network: everywhere, protocol: "tcp", first: port, last: port, purpose: "sshd" }));
}

function localListener({ port, purpose, path }: LocalPort): Listener {
  return { network: loopback, protocol: "tcp", first: port, last: port, purpose, path };
}

/** What the border lets past connection tracking is for HAProxy's own routes, which other rules look at. */
function listenersOf(one: OpenPort): Listener[] {
  if (!("port" in one) || one.untrackedOnly === true || one.unknownListener === true) return [];
  const { network, protocol, purpose, path } = one;
  const range = typeof one.port === "number" ? { first: one.port, last: one.port } : one.port;
  return [{ network: one.everywhere === true ? everywhere : network, protocol, ...range, purpose, path }];
}

function overlap(one: Listener, other: Listener): boolean {
  return (
    (one.network === other.network || one.network === everywhere || other.network === everywhere) &&
    one.protocol === other.protocol &&
    one.first <= other.last &&
    other.first <= one.last
  );
}

function messageOf(host: Host, one: Listener, other: Listener): string {
  const holder = other.path === undefined ? other.purpose : `${other.purpose} (${other.path})`;
  return `port ${one.first} of ${host.name} on ${one.network} is already that of ${holder}: choose another port`;
}
