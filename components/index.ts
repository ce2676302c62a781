/** The public components. Each has its arguments beside it. */
export { BoxHosts, type BoxHostsArgs } from "./BoxHosts.ts";
export { ExposedService, type ExposedServiceArgs } from "./ExposedService.ts";
export { GatewayPool, type GatewayPoolArgs } from "./GatewayPool.ts";
export { GatewayRoute, type GatewayRouteArgs } from "./GatewayRoute.ts";
export { stackBox, type StackBox } from "./stackBox.ts";
export { WebserverPool, type WebserverPoolArgs } from "./WebserverPool.ts";
export { WebserverRoute, type WebserverRouteArgs } from "./WebserverRoute.ts";
