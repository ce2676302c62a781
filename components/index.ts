/**
 * The public components, each with its arguments beside it, and what a program of another project needs to use them on a
 * box that it did not make.
 */
export type {
  AppDeclaration,
  Box,
  BoxDeclaration,
  ExposedServiceSpec,
  GatewayMode,
  HealthCheck,
  ParamDeclaration,
  SectionDeclaration,
  ServiceDeclaration,
} from "../box/index.ts";
export { boxFromStack, defineBox, type DefineBoxOptions } from "./defineBox.ts";
export { boxOutput } from "../box/index.ts";
export { BoxHosts, type BoxHostsArgs } from "./BoxHosts.ts";
export { ExposedService, type ExposedServiceArgs } from "./ExposedService.ts";
export { exposeService } from "./exposeService.ts";
export { GatewayPool, type GatewayPoolArgs } from "./GatewayPool.ts";
export { GatewayRoute, type GatewayRouteArgs } from "./GatewayRoute.ts";
export { HostFirewall, type HostFirewallArgs } from "./HostFirewall.ts";
export { HostNetwork, type HostNetworkAlone, type HostNetworkArgs, type HostNetworkOfPool } from "./HostNetwork.ts";
export { readBox } from "./readBox.ts";
export type { PartArgs, Standalone } from "./boxOf.ts";
export { NodeExporters, type NodeExportersArgs } from "./NodeExporters.ts";
export { stackBox, type StackBox } from "./stackBox.ts";
export { NatGateway, type NatGatewayAlone, type NatGatewayArgs, type NatGatewayOfPool } from "./NatGateway.ts";
export { VirtualIps, type VirtualIpsAlone, type VirtualIpsArgs, type VirtualIpsOfBox } from "./VirtualIps.ts";
export { WebserverPool, type WebserverPoolArgs } from "./WebserverPool.ts";
export { WebserverRoute, type WebserverRouteArgs } from "./WebserverRoute.ts";
