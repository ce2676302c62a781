/** All assemblies of a box, for whoever must know of all of them. */
import type { Assembly, Registry } from "./assembly.ts";
import { consulAssembly } from "./consul/index.ts";
import { consulAccessAssembly } from "./consulAccess/index.ts";
import { containerRuntimeAssembly } from "./containerRuntime/index.ts";
import { dnsmasqAssembly } from "./dnsmasq/index.ts";
import { dockerRegistryAssembly } from "./dockerRegistry/index.ts";
import { controlPlaneAssembly } from "./controlPlane/index.ts";
import { firewallAssembly } from "./firewall/index.ts";
import { gatewayAssembly } from "./gateway/index.ts";
import { natAssembly } from "./nat/index.ts";
import { alertmanagerAssembly } from "./alertmanager/index.ts";
import { networkAssembly } from "./network/index.ts";
import { metricsAssembly } from "./metrics/index.ts";
import { nginxExporterAssembly } from "./nginxExporter/index.ts";
import { nodeExporterAssembly } from "./nodeExporter/index.ts";
import { gitlabAssembly } from "./gitlab/index.ts";
import { gitlabRunnerAssembly } from "./gitlabRunner/index.ts";
import { prometheusAssembly } from "./prometheus/index.ts";
import { grafanaAssembly } from "./grafana/index.ts";
import { glusterAssembly } from "./gluster/index.ts";
import { glusterVolumesAssembly } from "./glusterVolumes/index.ts";
import { registryOf } from "./registryOf.ts";
import { resolverAssembly } from "./resolver/index.ts";
import { sharedMountsAssembly } from "./sharedMounts/index.ts";
import { vipAssembly } from "./vip/index.ts";
import { webserverAssembly } from "./webserver/index.ts";

/** In the order in which they are made. Of several that a virtual IP may be for, it is for the first. */
const programs: readonly Assembly[] = [
  networkAssembly,
  gatewayAssembly,
  webserverAssembly,
  nginxExporterAssembly,
  natAssembly,
  controlPlaneAssembly,
  vipAssembly,
  containerRuntimeAssembly,
  dockerRegistryAssembly,
  glusterAssembly,
  glusterVolumesAssembly,
  sharedMountsAssembly,
  alertmanagerAssembly,
  prometheusAssembly,
  grafanaAssembly,
  dnsmasqAssembly,
  gitlabAssembly,
  gitlabRunnerAssembly,
];

/** Consul on every host that has any of them, and on its servers. */
export const consul = consulAssembly(programs);

/** Who may do what there. */
export const consulAccess = consulAccessAssembly(consul);

const withConsul = [...programs, consul, consulAccess];

/** The node exporter of every host that has any of them. */
export const nodeExporter = nodeExporterAssembly(withConsul);

/** What monitoring is told besides, of the same hosts. */
export const metrics = metricsAssembly(withConsul);

/** How every host that has any of them resolves names, where the box has name servers. */
export const resolver = resolverAssembly(withConsul);

/** The firewall of every host that has any of them. */
export const firewall = firewallAssembly(withConsul);

export const registry: Registry = registryOf([...withConsul, nodeExporter, metrics, resolver, firewall]);
