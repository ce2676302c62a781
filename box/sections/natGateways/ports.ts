import { itemsOf, membersOf, type Draft, type NatGatewayDraft } from "../../draft.ts";
import { Protocol } from "../../model.ts";
import { isNodePort, nodeExporterPort, webPorts } from "../../ports.ts";
import { reachOf } from "../../reach.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { declaredGatewayRoutes, declaredWebRoutes } from "../../routes.ts";

/** A route to a port of a pool's own hosts. */
interface RouteToPort {
  readonly path: string;
  readonly port: number;
  readonly pool: string;
  /** Where whoever asks comes from. */
  readonly network: string;
}

/** A route that leads to a NAT gateway's own port ends at one that is open there. */
export function* closedNatPorts(draft: Draft): Generator<Violation> {
  for (const { path, port, pool, network } of routesToPorts(draft)) {
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

/** Routes to the cluster are others' business: a node of it is no NAT gateway. */
function* routesToPorts(draft: Draft): Generator<RouteToPort> {
  const { pool: kube, backendNetwork, routes } = draft.kubeGateways;
  const { upstreamNetwork } = draft.webservers;
  for (const { source, group, port, portPath } of declaredWebRoutes(draft)) {
    if (source === "service" || group === undefined || group === kube) continue;
    if (port === undefined || upstreamNetwork === undefined) continue;
    yield { path: portPath, port, pool: group, network: upstreamNetwork };
  }
  for (const { source, name, port, portPath } of declaredGatewayRoutes(draft)) {
    const group = source === "route" ? routes?.[name]?.destination?.group?.name : undefined;
    if (group === undefined || port === undefined || isNodePort(port) || backendNetwork === undefined) continue;
    yield { path: portPath, port, pool: group, network: backendNetwork };
  }
}

function gatewaysOf(draft: Draft, host: string): NatGatewayDraft[] {
  return draft.natGateways.filter(({ pool }) => membersOf(draft, pool).includes(host));
}

/** As the rules of a host have it, which are made of all NAT gateways that it is a member of. Any other host is open. */
function isOpen(draft: Draft, host: string, network: string, port: number): boolean {
  const gateways = gatewaysOf(draft, host);
  const web = draft.webservers;
  return (
    gateways.length === 0 ||
    gateways.some(({ openPorts }) =>
      itemsOf(openPorts).some(
        ([, one]) => one.network === network && one.port === port && one.protocol === Protocol.Tcp,
      ),
    ) ||
    (port === nodeExporterPort && gateways.some(({ input }) => input === network)) ||
    (network === web.network && webPorts.includes(port) && membersOf(draft, web.pool).includes(host)) ||
    (network === reachOf(draft, host).network && sshPortsOf(draft, host).has(port))
  );
}

/** No open port is SSH's port: it is open where the operator comes in, and nowhere else, whatever is opened. */
export function* openedSshPorts(draft: Draft): Generator<Violation> {
  for (const { path, pool, openPorts } of draft.natGateways) {
    for (const [index, { protocol, port }] of itemsOf(openPorts)) {
      if (port === undefined) continue;
      const host = membersOf(draft, pool).find((member) => sshPortsOf(draft, member).has(port));
      if (host === undefined || protocol !== Protocol.Tcp) continue;
      const network = reachOf(draft, host).network ?? "the network of its connection";
      const message = `${port} is SSH's port on ${host}, which is open on ${network}, where the operator comes in, and nowhere else: remove it`;
      yield { path: pathOf(path, "openPorts", index, "port"), message };
    }
  }
}

/** Where sshd may listen: the usual port is kept closed beside the one that the operator uses. */
function sshPortsOf(draft: Draft, host: string): ReadonlySet<number> {
  return new Set([22, reachOf(draft, host).port ?? 22]);
}
