/**
 * The public components, each with its arguments beside it, and what a program of another project needs to use them on a
 * box that it did not make.
 */
export type {
  Alertmanager as DescribedAlertmanager,
  App,
  AppDeclaration,
  AptRepository,
  Box,
  BoxDeclaration,
  Connection,
  Consul as DescribedConsul,
  ContainerRegistry as DescribedContainerRegistry,
  ContainerRuntime as DescribedContainerRuntime,
  ControlPlane,
  Destination,
  DhcpNetwork,
  Dns as DescribedDns,
  DnsRecord,
  ExposedServiceSpec,
  Firewall,
  GatewayRoute as DescribedGatewayRoute,
  GitLab as DescribedGitLab,
  GitLabRunners,
  GitLabSecretName,
  GitLabSmtp,
  GlusterVolume,
  Grafana as DescribedGrafana,
  GatewayRouteDeclaration,
  Host,
  HostNetworks,
  KubeGateways,
  Lease,
  LocalVolume,
  LocationParam,
  Member,
  Monitoring as DescribedMonitoring,
  NatGateway as DescribedNatGateway,
  Network,
  NfsVolume,
  OpenPort,
  OidcProxy,
  ParamDeclaration,
  Pool,
  Prometheus as DescribedPrometheus,
  ReplicaSet,
  Rollout,
  RuntimeRegistry,
  Brick,
  SectionDeclaration,
  ServiceDeclaration,
  SharedVolume as DescribedSharedVolume,
  SnatAddress,
  SshEndpoint,
  Tool,
  ToolName,
  Tools as DescribedTools,
  Upstream,
  VirtualIp,
  WebserverRoute as DescribedWebserverRoute,
  WebserverRouteDeclaration,
  Webservers,
} from "../box/index.ts";
export { GatewayMode, Protocol, ToolAuth, UnknownNames, type HealthCheck } from "../box/index.ts";
export type { HostRuntime } from "../host/HostRuntime.ts";
export {
  ControlPlaneLoadBalancer,
  type ControlPlaneLoadBalancerAlone,
  type ControlPlaneLoadBalancerArgs,
} from "./ControlPlaneLoadBalancer.ts";
export { boxFromStack, defineBox, type DefineBoxOptions } from "./defineBox.ts";
export { boxOutput } from "../box/index.ts";
export { BoxDns, type BoxDnsAlone, type BoxDnsArgs } from "./BoxDns.ts";
export { BoxHosts, type BoxHostsArgs } from "./BoxHosts.ts";
export { ConsulCluster, type ConsulClusterArgs } from "./ConsulCluster.ts";
export { ContainerRuntime, type ContainerRuntimeArgs } from "./ContainerRuntime.ts";
export type { RegistryPasswords } from "./registryPasswords.ts";
export {
  ExposedService,
  type DescribedService,
  type ExposedApp,
  type ExposedServiceArgs,
  type NewService,
} from "./ExposedService.ts";
export { exposeService } from "./exposeService.ts";
export { GatewayPool, type GatewayPoolArgs } from "./GatewayPool.ts";
export { GatewayRoute, type GatewayRouteArgs } from "./GatewayRoute.ts";
export { GitLab, type GitLabArgs } from "./GitLab.ts";
export type { GitLabSecrets } from "./gitlabSecrets.ts";
export { Grafana, type GrafanaArgs } from "./Grafana.ts";
export { HostFirewall, type HostFirewallArgs } from "./HostFirewall.ts";
export { HostMetrics, type HostMetricsArgs } from "./HostMetrics.ts";
export { HostNetwork, type HostNetworkAlone, type HostNetworkArgs, type HostNetworkOfPool } from "./HostNetwork.ts";
export { readBox } from "./readBox.ts";
export type { OneSection, PartArgs, Standalone, StandaloneOf } from "./boxOf.ts";
export { Monitoring, type MonitoringArgs } from "./Monitoring.ts";
export type { MonitoringSecrets } from "./monitoringSecrets.ts";
export { NodeExporters, type NodeExportersArgs } from "./NodeExporters.ts";
export { Registry, type RegistryArgs } from "./Registry.ts";
export { stackBox, type StackBox } from "./stackBox.ts";
export { NatGateway, type NatGatewayAlone, type NatGatewayArgs, type NatGatewayOfPool } from "./NatGateway.ts";
export {
  SharedVolumes,
  type SharedVolumesAlone,
  type SharedVolumesArgs,
  type SharedVolumesOfBox,
} from "./SharedVolumes.ts";
export { Tools, type ToolsArgs } from "./Tools.ts";
export { VirtualIps, type VirtualIpsAlone, type VirtualIpsArgs, type VirtualIpsOfBox } from "./VirtualIps.ts";
export { WebserverPool, type WebserverPoolArgs } from "./WebserverPool.ts";
export { WebserverRoute, type WebserverRouteArgs } from "./WebserverRoute.ts";
