/**
 * The public components, each with its arguments beside it, and what a program of another project needs to use them on a
 * box that it did not make.
 */
export type {
  App,
  AppDeclaration,
  Box,
  BoxDeclaration,
  Connection,
  Destination,
  ExposedServiceSpec,
  Firewall,
  GatewayRoute as DescribedGatewayRoute,
  GatewayRouteDeclaration,
  Host,
  HostNetworks,
  KubeGateways,
  LocationParam,
  Member,
  NatGateway as DescribedNatGateway,
  Network,
  OpenPort,
  ParamDeclaration,
  Pool,
  SectionDeclaration,
  ServiceDeclaration,
  SnatAddress,
  SshEndpoint,
  Upstream,
  VirtualIp,
  WebserverRoute as DescribedWebserverRoute,
  WebserverRouteDeclaration,
  Webservers,
} from "../box/index.ts";
export { GatewayMode, Protocol, UnknownNames, type HealthCheck } from "../box/index.ts";
export type { HostRuntime } from "../host/HostRuntime.ts";
export { boxFromStack, defineBox, type DefineBoxOptions } from "./defineBox.ts";
export { boxOutput } from "../box/index.ts";
export { BoxHosts, type BoxHostsArgs } from "./BoxHosts.ts";
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
export { HostFirewall, type HostFirewallArgs } from "./HostFirewall.ts";
export { HostNetwork, type HostNetworkAlone, type HostNetworkArgs, type HostNetworkOfPool } from "./HostNetwork.ts";
export { readBox } from "./readBox.ts";
export type { OneSection, PartArgs, Standalone } from "./boxOf.ts";
export { NodeExporters, type NodeExportersArgs } from "./NodeExporters.ts";
export { stackBox, type StackBox } from "./stackBox.ts";
export { NatGateway, type NatGatewayAlone, type NatGatewayArgs, type NatGatewayOfPool } from "./NatGateway.ts";
export { VirtualIps, type VirtualIpsAlone, type VirtualIpsArgs, type VirtualIpsOfBox } from "./VirtualIps.ts";
export { WebserverPool, type WebserverPoolArgs } from "./WebserverPool.ts";
export { WebserverRoute, type WebserverRouteArgs } from "./WebserverRoute.ts";
