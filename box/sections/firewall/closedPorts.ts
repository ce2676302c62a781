import { itemsOf, membersOf, type Draft, type NatGatewayDraft } from "../../draft.ts";
import { Protocol } from "../../model.ts";
import { isNodePort, webPorts } from "../../ports.ts";
import { configuredHosts, reachOf } from "../../reach.ts";
import { sshPortsOf } from "./sshPorts.ts";
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

/** A route that leads to a port of a configured host's own ends at one that is open there. */
export function* closedPorts(draft: Draft): Generator<Violation> {
  const configured = new Set(configuredHosts(draft));
  for (const { path, port, pool, network } of routesToPorts(draft)) {
    const closed = membersOf(draft, pool).find((host) => configured.has(host) && !isOpen(draft, host, network, port));
    if (closed === undefined) continue;
    const gateway = gatewaysOf(draft, closed)[0];
    const hint =
      gateway === undefined
        ? `add { pool: ${pool}, network: ${network}, port: ${port} } to firewall.openPorts`
        : `add { network: ${network}, port: ${port} } to ${pathOf(gateway.path, "openPorts")}`;
    yield { path, message: `port ${port} is closed on ${pool}: ${hint}` };
  }
}

/** Routes to NodePorts of the cluster are others' business: kube-proxy has them. */
function* routesToPorts(draft: Draft): Generator<RouteToPort> {
  const { pool: kube, backendNetwork, routes } = draft.kubeGateways;
  const { upstreamNetwork } = draft.webservers;
  for (const { source, group, port, portPath } of declaredWebRoutes(draft)) {
    // What serves at the gateways is another rule's.
    if (source === "service" || group === undefined || group === kube || !draft.pools.has(kube ?? "")) continue;
    if (port === undefined || upstreamNetwork === undefined) continue;
    yield { path: portPath, port, pool: group, network: upstreamNetwork };
  }
  for (const { source, name, port, portPath } of declaredGatewayRoutes(draft)) {
    const group = source === "route" ? routes?.[name]?.destination?.group?.name : undefined;
    if (group === undefined || group === kube || port === undefined || isNodePort(port)) continue;
    if (backendNetwork === undefined) continue;
    yield { path: portPath, port, pool: group, network: backendNetwork };
  }
}

function gatewaysOf(draft: Draft, host: string): NatGatewayDraft[] {
  return draft.natGateways.filter(({ pool }) => membersOf(draft, pool).includes(host));
}

/** As the firewall of a host has it: what its pools declare, and what its programs do. */
function isOpen(draft: Draft, host: string, network: string, port: number): boolean {
  const web = draft.webservers;
  const matches = (
    one: Readonly<{ network?: string | undefined; port?: number | undefined; protocol?: string | undefined }>,
  ) => one.network === network && one.port === port && one.protocol === Protocol.Tcp;
  return (
    gatewaysOf(draft, host).some(({ openPorts }) => itemsOf(openPorts).some(([, one]) => matches(one))) ||
    itemsOf(draft.firewall.openPorts).some(([, one]) => matches(one) && membersOf(draft, one.pool).includes(host)) ||
    (network === web.network && webPorts.includes(port) && membersOf(draft, web.pool).includes(host)) ||
    (network === reachOf(draft, host).network && sshPortsOf(draft, host).has(port))
  );
}
