import { membersOf, type Draft } from "../../draft.ts";
import { isIpv6 } from "../../ipv6.ts";
import { isNodePort, nodePorts } from "../../ports.ts";
import { declaredGatewayRoutes } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { mastersOf, placeOf } from "./place.ts";

/** The VIP is for the API alone, and for IPv4. */
export function* virtualIpOfApi(draft: Draft): Generator<Violation> {
  const { virtualIp, vip } = placeOf(draft);
  if (virtualIp === undefined || vip === undefined) return;
  const path = pathOf("controlPlane", "virtualIp");
  if (isIpv6(vip.address ?? "")) {
    const message = `"${virtualIp}" has the IPv6 address ${vip.address ?? ""}, and the load balancer listens on IPv4: name an IPv4 VIP`;
    yield { path, message };
  }
  const egress = draft.natGateways.find(({ snatAddress }) => snatAddress === virtualIp);
  if (egress !== undefined) {
    const message = `"${virtualIp}" is what connections of ${egress.path} leave with: declare a VIP for the API alone`;
    yield { path, message };
  }
}

/**
 * etcd writes with a majority of its members: of two that is both, so that a second master only doubles what may fail.
 */
export function* twoMasters(draft: Draft): Generator<Violation> {
  const masters = mastersOf(draft);
  if (masters?.length !== 2) return;
  const { masters: pool = "", mastersPath } = placeOf(draft);
  const message =
    `"${pool}" has two masters, ${masters.join(" and ")}: no quorum is gained, for etcd needs a majority, of two both, so the ` +
    `loss of either stops the cluster; name one master, or three`;
  yield { path: mastersPath, message };
}

/** The load balancer's ports are free on its hosts, as far as the stack can say. */
export function* portsOfApi(draft: Draft): Generator<Violation> {
  const { port, apiPort, metricsPort } = draft.controlPlane;
  const { pool, masters } = placeOf(draft);
  const hosts = membersOf(draft, pool);
  const path = (key: string) => pathOf("controlPlane", key);
  if (port !== undefined && isNodePort(port))
    yield {
      path: path("port"),
      message: `${port} is among the NodePorts ${nodePorts}, which kube-proxy takes: write 6442`,
    };
  const shared = hosts.find((host) => membersOf(draft, masters).includes(host));
  for (const [key, one] of Object.entries({ port, metricsPort })) {
    if (one === undefined || one !== apiPort || shared === undefined) continue;
    const message = `${one} is where the API server of ${shared} listens, on all addresses: choose another port`;
    yield { path: path(key), message };
  }
  if (port !== undefined && port === metricsPort)
    yield { path: path("metricsPort"), message: `${port} is the port of the API here (port): choose another one` };
}

/** Whose metrics Prometheus asks for is a host of the load balancer: etcd is on masters. */
export function* etcdOfMasters(draft: Draft): Generator<Violation> {
  const { etcdMetricsPort } = draft.controlPlane;
  const { pool, masters } = placeOf(draft);
  if (etcdMetricsPort === undefined || pool === undefined || masters === undefined) return;
  if (membersOf(draft, pool).some((host) => membersOf(draft, masters).includes(host))) return;
  const message =
    `${etcdMetricsPort} is a port of masters, and no host of "${pool}", which balances the API, is one of "${masters}": remove it, ` +
    `and have a Prometheus of your own ask etcd`;
  yield { path: pathOf("controlPlane", "etcdMetricsPort"), message };
}

/** No route of a gateway has a port of a load balancer that stands on the same host. */
export function* portsOfRoutes(draft: Draft): Generator<Violation> {
  const gateways = membersOf(draft, draft.kubeGateways.pool);
  const host = membersOf(draft, placeOf(draft).pool).find((one) => gateways.includes(one));
  if (host === undefined) return;
  for (const key of ["port", "metricsPort"] as const) {
    const port = draft.controlPlane[key];
    const route = [...declaredGatewayRoutes(draft)].find((one) => one.port !== undefined && one.port === port);
    if (port === undefined || route === undefined) continue;
    const message = `${port} is taken on ${host} by ${route.path}, a route of the gateways: choose another port`;
    yield { path: pathOf("controlPlane", key), message };
  }
}
