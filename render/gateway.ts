/** The files of a gateway, placed where the host's runtime and the programs look for them. */
import type { Box, GatewayRoute, Host } from "../box/model.ts";
import { borderBase, borderPort, borderPortFile } from "./border.ts";
import type { BorderOptions } from "./border.ts";
import {
  gatewayActivate,
  gatewayCheck,
  gatewayDeactivate,
  gatewayGuard,
  gatewayLinks,
  gatewayProbe,
} from "./gatewayLifecycle.ts";
import { haproxyBase } from "./haproxy.ts";
import { haproxyRoute, haproxyRouteFile } from "./haproxyRoute.ts";
import { stalledScript, stalledService, stalledUnit } from "./stalled.ts";
import { borderService, haproxyDropIn } from "./systemd.ts";
import type { TreeFile } from "./treeFile.ts";
import { entry } from "./scalars.ts";

export { gatewayHold, gatewayPackages } from "./gatewayLifecycle.ts";

// HAProxy is given the directory, so it has to be there before the first route is. It reads only what ends in .cfg.
const routesReadme = `One file per declared port, PORT.cfg. A file belongs to the unit that declares the route.\n`;

/**
 * The base of the assembly `gateway` on one host, and the pool's own routes.
 *
 * @throws Error when the host has no address on the gateway or the backend network.
 * @example gatewayFiles(box, host)
 */
export function gatewayFiles(box: Box, host: Host): TreeFile[] {
  const { network, backendNetwork, metricsPort, routes } = box.kubeGateways;
  const border = borderOptions(box, host);
  const gatewayAddress = entry(host.addresses, network, `addresses of ${host.name}`);
  const metricsAddress = entry(host.addresses, backendNetwork, `addresses of ${host.name}`);
  const serversCidr = entry(box.networks, backendNetwork, "networks of the box").cidr;
  return [
    { path: "haproxy/base.cfg", mode: "0644", text: haproxyBase({ metricsAddress, metricsPort }) },
    { path: "haproxy/routes/README", mode: "0644", text: routesReadme },
    { path: "border/base.nft", mode: "0644", text: borderBase(border) },
    { path: "scripts/stalled", mode: "0755", text: stalledScript("gateway", serversCidr) },
    { path: `systemd/${stalledUnit("gateway")}`, mode: "0644", text: stalledService("gateway") },
    { path: "systemd/haproxy.conf", mode: "0644", text: haproxyDropIn() },
    { path: "systemd/gatebox-border.service", mode: "0644", text: borderService() },
    { path: "lifecycle/check", mode: "0755", text: gatewayCheck({ ...border, gatewayAddress }) },
    { path: "lifecycle/activate", mode: "0755", text: gatewayActivate() },
    { path: "lifecycle/probe", mode: "0755", text: gatewayProbe() },
    { path: "lifecycle/deactivate", mode: "0755", text: gatewayDeactivate() },
    { path: "lifecycle/links", mode: "0644", text: gatewayLinks },
    { path: "lifecycle/guard", mode: "0644", text: gatewayGuard },
    ...routes.flatMap((route) => gatewayRouteFiles(box, host, route)),
  ];
}

/** One route on one gateway: its listener and its opening in the border. */
export function gatewayRouteFiles(box: Box, host: Host, route: GatewayRoute): TreeFile[] {
  const { pool, network } = box.kubeGateways;
  const address = entry(host.addresses, network, `addresses of ${host.name}`);
  const virtualAddresses = Object.values(box.virtualIps)
    .filter((vip) => vip.pool === pool && vip.network === network)
    .map((vip) => vip.address);
  return [
    { path: haproxyRouteFile(route.port), mode: "0644", text: haproxyRoute(route, { address, virtualAddresses }) },
    { path: borderPortFile(route.port), mode: "0644", text: borderPort(route.port) },
  ];
}

function borderOptions(box: Box, host: Host): BorderOptions {
  const outer = box.kubeGateways.network;
  // Only networks that this host is on itself: what it asks of others is answered through the gateway network.
  const inner = Object.keys(host.addresses).filter((network) => network !== outer);
  const cidrOf = (network: string): string => entry(box.networks, network, "networks of the box").cidr;
  const interfaceOn = (network: string): string => entry(host.interfaces, network, `interfaces of ${host.name}`);
  return {
    gatewayInterface: interfaceOn(outer),
    gatewayCidr: cidrOf(outer),
    innerInterfaces: inner.map(interfaceOn),
    innerCidrs: inner.map(cidrOf),
    innerPrefixes6: inner.flatMap((network) => entry(box.networks, network, "networks of the box").ipv6 ?? []),
    sshPorts: [...new Set([22, host.connection?.port ?? 22])],
  };
}
