import { membersOf, type Draft, type DraftNatGateway } from "../draft.ts";
import { Protocol } from "../model.ts";
import { isNodePort, nodeExporterPort, webPorts } from "../ports.ts";
import { reachOf } from "../reach.ts";
import { pathOf, type Violation } from "../violations.ts";
import { gatewayWays, webWays } from "../ways.ts";

/** A way to a port of a pool's own hosts. */
interface WayToPort {
  readonly path: string;
  readonly port: number;
  readonly pool: string;
  /** Where whoever asks comes from. */
  readonly network: string;
}

/** A route that leads to a NAT gateway's own port ends at one that is open there. */
export function* closedNatPorts(draft: Draft): Generator<Violation> {
  for (const { path, port, pool, network } of waysToPorts(draft)) {
    const closed = membersOf(draft, pool).find((host) => !isOpen(draft, host, network, port));
    const gateway = closed === undefined ? undefined : gatewaysOf(draft, closed)[0];
    if (!gateway) continue;
    const openPorts = pathOf(gateway.path, "openPorts");
    yield {
      path,
      message: `port ${port} is closed on ${pool}: add { network: ${network}, port: ${port} } to ${openPorts}`,
    };
  }
}

/** Ways to the cluster are others' business: a node of it is no NAT gateway. */
function* waysToPorts(draft: Draft): Generator<WayToPort> {
  const { pool: kube, backendNetwork, routes = {} } = draft.kubeGateways;
  const { upstreamNetwork } = draft.webservers;
  for (const { source, group, port, portPath } of webWays(draft)) {
    if (source === "service" || group === undefined || group === kube) continue;
    if (port === undefined || upstreamNetwork === undefined) continue;
    yield { path: portPath, port, pool: group, network: upstreamNetwork };
  }
  for (const { source, name, port, portPath } of gatewayWays(draft)) {
    const group = source === "route" ? routes[name]?.destination.group?.name : undefined;
    if (group === undefined || port === undefined || isNodePort(port) || backendNetwork === undefined) continue;
    yield { path: portPath, port, pool: group, network: backendNetwork };
  }
}

function gatewaysOf(draft: Draft, host: string): DraftNatGateway[] {
  return draft.natGateways.filter(({ pool }) => membersOf(draft, pool).includes(host));
}

/** As the rules of a host have it, which are made of all NAT gateways that it is a member of. Any other host is open. */
function isOpen(draft: Draft, host: string, network: string, port: number): boolean {
  const gateways = gatewaysOf(draft, host);
  const web = draft.webservers;
  return (
    gateways.length === 0 ||
    gateways.some(({ openPorts }) =>
      openPorts.some((one) => one.network === network && one.port === port && one.protocol === Protocol.Tcp),
    ) ||
    (port === nodeExporterPort && gateways.some(({ input }) => input === network)) ||
    (network === web.network && webPorts.includes(port) && membersOf(draft, web.pool).includes(host)) ||
    (network === reachOf(draft, host).network && sshPortsOf(draft, host).has(port))
  );
}

/** No opening is of SSH's port: it is open where the operator comes in, and nowhere else, whatever is opened. */
export function* openedSshPorts(draft: Draft): Generator<Violation> {
  for (const { path, pool, openPorts } of draft.natGateways) {
    for (const [index, { protocol, port }] of openPorts.entries()) {
      const host = membersOf(draft, pool).find((member) => sshPortsOf(draft, member).has(port));
      if (host === undefined || protocol !== Protocol.Tcp) continue;
      const way = reachOf(draft, host).network ?? "the network of its connection";
      const message = `${port} is SSH's port on ${host}, which is open on ${way}, where the operator comes in, and nowhere else: remove it`;
      yield { path: pathOf(path, "openPorts", index, "port"), message };
    }
  }
}

/** Where sshd may listen: the usual port is kept closed beside the one that the operator uses. */
function sshPortsOf(draft: Draft, host: string): ReadonlySet<number> {
  return new Set([22, reachOf(draft, host).port]);
}
