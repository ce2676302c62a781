/** What is open on a load balancer of the API, and on a master that is one. */
import type { Box, Host } from "../../box/model.ts";
import { controlPlaneOf } from "../../box/sectionOf.ts";
import type { LocalPort, OpenPort } from "../assembly.ts";
import { scrapersOnly } from "../scrapers.ts";
import { clusterNodeLocalPorts, clusterNodePorts } from "../gateway/clusterNode.ts";

/** Where kubeadm has etcd tell of itself. */
const etcdHealthPort = 2381;

/** Whether the API server of a master is on this host. */
export function isMaster(box: Box, { name }: Host): boolean {
  return controlPlaneOf(box).masters.some((master) => master.name === name);
}

/**
 * The load balancer's own ports; on a master what makes it one as well: without that the firewall would close it. etcd is asked
 * by masters alone.
 */
export function controlPlanePorts(box: Box, host: Host): OpenPort[] {
  const { network, port, apiPort, metricsPort, etcdMetricsPort, masters } = controlPlaneOf(box);
  const tcp = { network, protocol: "tcp" } as const;
  const own: OpenPort[] = [
    { ...tcp, port, purpose: "the Kubernetes API, load-balanced", path: "controlPlane.port" },
    {
      ...tcp,
      port: metricsPort,
      ...scrapersOnly(box, network),
      purpose: "the API's load balancer: health, metrics",
      path: "controlPlane.metricsPort",
    },
  ];
  if (!isMaster(box, host)) return own;
  const from = masters.map(({ address }) => address);
  return [
    ...own,
    { ...tcp, port: apiPort, purpose: "the API server", path: "controlPlane.apiPort", everywhere: true },
    { ...tcp, port: { first: 2379, last: 2380 }, from, purpose: "etcd" },
    ...(etcdMetricsPort === undefined
      ? []
      : [
          {
            ...tcp,
            port: etcdMetricsPort,
            ...scrapersOnly(box, network),
            purpose: "etcd's metrics",
            path: "controlPlane.etcdMetricsPort",
          },
        ]),
    ...clusterNodePorts(network),
  ];
}

/** What a master listens on for itself. */
export function controlPlaneLocalPorts(box: Box, host: Host): readonly LocalPort[] {
  if (!isMaster(box, host)) return [];
  return [
    ...clusterNodeLocalPorts,
    { port: 2379, purpose: "etcd" },
    ...(controlPlaneOf(box).etcdMetricsPort === etcdHealthPort
      ? []
      : [{ port: etcdHealthPort, purpose: "etcd's health" }]),
    { port: 10257, purpose: "the controller manager" },
    { port: 10259, purpose: "the scheduler" },
  ];
}
