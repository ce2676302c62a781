/** The kube gateways: HAProxy behind a border that lets nothing but declared routes in. */
import type { Box, GatewayRoute, Host, VirtualIp } from "../../box/model.ts";
import { kubeGatewaysOf } from "../../box/sectionOf.ts";
import { EffectKind, type Assembly, type OpenPort, type Registry, type Serving, type Tracking } from "../assembly.ts";
import { borderBase, borderPort, borderPortFile, type BorderOptions } from "../border/rules.ts";
import { border, borderService, borderUnit } from "../border/service.ts";
import { openPortRules } from "../firewall/openPortRules.ts";
import { haproxyAdminSocket, haproxyBase } from "../haproxy/base.ts";
import { frozen, frozenFiles, frozenTold, frozenUnit } from "../frozen/index.ts";
import { haproxyRoute, haproxyRouteFile } from "../haproxy/route.ts";
import { haproxy, haproxyDropIn, haproxyLink } from "../haproxy/service.ts";
import { refusedPackets } from "../refusedPackets/index.ts";
import { scrapersOnly } from "../scrapers.ts";
import { address, entry, networkInterface } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import { stalled, stalledFiles, stalledUnit } from "../stalled/index.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { clusterNodeLocalPorts, clusterNodePorts } from "./clusterNode.ts";

const assembly = "gateway";

// HAProxy is given the directory, so it has to be there before the first route is. It reads only what ends in .cfg.
const routesReadme = `One file per declared port, PORT.cfg. A file belongs to the unit that declares the route.\n`;

// What systemd reads, in its places. The second place of the border's unit is a link, as `systemctl enable` would make it:
// the border stands before the network does.
const links = [
  haproxyLink,
  `/etc/systemd/system/${borderUnit} systemd/${borderUnit}`,
  `/etc/systemd/system/${stalledUnit(assembly)} systemd/${stalledUnit(assembly)}`,
  `/etc/systemd/system/${frozenUnit(assembly)} systemd/${frozenUnit(assembly)}`,
  `/etc/systemd/system/sysinit.target.wants/${borderUnit} systemd/${borderUnit}`,
];

// Seconds after which a host whose operator can no longer get in goes back to what it had, by itself.
const guard = "60\n";

/**
 * What monitoring asks HAProxy for: of its servers it would be told some eighty figures each, of which no rule and no dashboard makes
 * use. With 1,000 routes and 5,000 servers one scrape of all took 35 s.
 *
 * @see https://github.com/haproxy/haproxy/blob/v2.6.0/addons/promex/README
 */
const scopeOfRoutes = { scope: ["global", "frontend", "backend"] } as const;

/**
 * The gateways of a box. A host that is one is a node of the cluster as well, so what the other nodes ask of it is open.
 *
 * @see GatewayPool, GatewayRoute
 */
export const gatewayAssembly: Assembly = {
  name: assembly,
  pools: ({ kubeGateways }) => (kubeGateways === undefined ? [] : [kubeGateways.pool]),
  programs: [haproxy, border, stalled, frozen],
  tables: [{ family: "inet", name: "gatebox_border", file: "border/base.nft" }],
  effects: [
    {
      unit: "haproxy.service",
      does: EffectKind.Reload,
      files: ["haproxy/base.cfg", "haproxy/routes/*.cfg", "haproxy/*.pem"],
    },
    {
      unit: "haproxy.service",
      does: EffectKind.Restart,
      files: ["systemd/haproxy.conf"],
      serviceOf: "systemd/haproxy.conf",
      noticed: "requests through this gateway are cut off",
      givesUpVirtualIps: true,
    },
    { unit: "gatebox-border.service", does: EffectKind.Reload, files: ["border/"] },
    {
      unit: "gatebox-stalled-gateway.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-stalled-gateway.service", "scripts/stalled", "scripts/stalled.settings"],
    },
    {
      unit: "gatebox-frozen-gateway.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-frozen-gateway.service", "scripts/frozen", "scripts/frozen.settings"],
    },
  ],
  files: gatewayFiles,
  ports: gatewayPorts,
  // Routes of other stacks have ports that this one does not know.
  clients: (box) => [{ network: kubeGatewaysOf(box).network, ports: "others", reload: "haproxy.service" }],
  localPorts: () => clusterNodeLocalPorts,
  metrics: (box) => {
    const { backendNetwork, metricsPort } = kubeGatewaysOf(box);
    return [{ job: "haproxy", network: backendNetwork, port: metricsPort, parameters: scopeOfRoutes }];
  },
  forwardsFrom: (box) => [kubeGatewaysOf(box).backendNetwork],
  metricsSources: (box) => [
    refusedPackets({ place: "border", table: "gatebox_border", network: kubeGatewaysOf(box).network }),
    frozenTold(assembly, "haproxy"),
  ],
  serves: (box, host) => ({
    health: gatewayHealth(box, host),
    routes: { kind: "haproxy", socket: haproxyAdminSocket },
  }),
  tracking: gatewayTracking,
};

/**
 * The base of the assembly on one host, and the pool's own routes.
 *
 * @param registry knows what the host's other programs open; without it they are taken to open nothing
 * @throws Error when the host has no address on the gateway or the backend network.
 * @example gatewayFiles(box, host, registry)
 */
export function gatewayFiles(box: Box, host: Host, registry?: Registry): TreeFile[] {
  const { backendNetwork, metricsPort, routes } = kubeGatewaysOf(box);
  const options = {
    ...borderOptions(box, host),
    openPorts: registry === undefined ? [] : othersPorts(box, host, registry),
  };
  const shared = { webservers: webserverAddresses(box), limits: box.limits };
  const metricsAddress = entry(host.addresses, backendNetwork, `addresses of ${host.name}`);
  const serversNetwork = entry(box.networks, backendNetwork, "networks of the box").cidr;
  const dropIn = haproxyDropIn({
    assembly,
    wants: [borderUnit, stalledUnit(assembly), frozenUnit(assembly)],
    after: [borderUnit],
  });
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("haproxy/base.cfg", haproxyBase({ metricsAddress, metricsPort, ...shared })),
    text("haproxy/routes/README", routesReadme),
    text("border/base.nft", borderBase(options)),
    ...stalledFiles({ assembly, process: "haproxy", serversNetwork }),
    ...frozenFiles({
      assembly,
      unit: "haproxy.service",
      process: "haproxy",
      health: { address: metricsAddress, port: metricsPort, path: "/healthz" },
      interface: options.gatewayInterface,
    }),
    text("systemd/haproxy.conf", dropIn),
    text(`systemd/${borderUnit}`, borderService(assembly, ["haproxy.service"])),
    usedInterfaces([options.gatewayInterface, ...options.innerInterfaces]),
    text("lifecycle/settings", gatewaySettings(box, host)),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `${links.join("\n")}\n`),
    text("lifecycle/guard", guard),
    ...routes.flatMap((route) => gatewayRouteFiles(box, host, route)),
  ];
}

/** One route on one gateway: its listener and its opening in the border. */
export function gatewayRouteFiles(box: Box, host: Host, route: GatewayRoute): TreeFile[] {
  const { pool, network } = kubeGatewaysOf(box);
  const own = entry(host.addresses, network, `addresses of ${host.name}`);
  const virtualAddresses = Object.values(box.virtualIps)
    .filter((vip) => vip.pool === pool && vip.network === network)
    .map((vip) => vip.address);
  const options = { address: own, virtualAddresses, webservers: webserverAddresses(box), limits: box.limits };
  return [
    { path: haproxyRouteFile(route.port), mode: "0644", text: haproxyRoute(route, options) },
    { path: borderPortFile(route.port), mode: "0644", text: borderPort(route.port) },
  ];
}

/** Where the web servers ask the gateways from. */
function webserverAddresses({ hosts, pools, webservers }: Box): string[] {
  if (webservers === undefined) return [];
  const { pool, upstreamNetwork } = webservers;
  const { members } = entry(pools, pool, "pools of the box");
  const addresses = members.flatMap((name) => hosts[name]?.addresses[upstreamNetwork] ?? []);
  return addresses.map((one) => address(one, "address of a web server"));
}

/** `lifecycle/settings`: the gateway's interface on the gateway network, its own address there, and those of its users. */
function gatewaySettings(box: Box, host: Host): string {
  const { network } = kubeGatewaysOf(box);
  const own = entry(host.addresses, network, `addresses of ${host.name}`);
  return settings({
    gateway_interface: networkInterface(
      entry(host.interfaces, network, `interfaces of ${host.name}`),
      "interface of the gateway",
    ),
    gateway_address: address(own, "address of the gateway"),
    gateway_users: webserverAddresses(box).join(" "),
  });
}

function borderOptions(box: Box, host: Host): BorderOptions {
  const outer = kubeGatewaysOf(box).network;
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

/** What other programs of the host open on the gateway network: the border refuses it otherwise, before the firewall is asked. */
function othersPorts(box: Box, host: Host, registry: Registry): string[] {
  const { network } = kubeGatewaysOf(box);
  const others = registry
    .portsOf(box, host)
    .filter((one) => one.network === network && "port" in one && one.untrackedOnly !== true);
  return openPortRules(host, others);
}

function gatewayPorts(box: Box): OpenPort[] {
  const { network, backendNetwork, metricsPort } = kubeGatewaysOf(box);
  return [
    {
      network: backendNetwork,
      protocol: "tcp",
      port: metricsPort,
      ...scrapersOnly(box, backendNetwork),
      purpose: "HAProxy's metrics",
      path: "kubeGateways.metricsPort",
    },
    // The border has exactly the declared ports, those of other stacks included, pass connection tracking by.
    {
      network,
      protocol: "tcp",
      untrackedOnly: true,
      port: { first: 1, last: 65535 },
      purpose: "declared routes, which the border lets past connection tracking",
    },
    ...clusterNodePorts(backendNetwork),
  ];
}

// Those who ask a virtual IP on the gateway network find HAProxy there.
function gatewayTracking(box: Box, host: Host, vip: VirtualIp): Tracking | undefined {
  const { pool, network, backendNetwork } = kubeGatewaysOf(box);
  if (vip.pool !== pool || vip.network !== network) return undefined;
  return {
    track: { kind: "daemon", process: "haproxy", ...gatewayHealth(box, host) },
    networks: [backendNetwork],
  };
}

/** Where HAProxy says that it is well. */
function gatewayHealth(box: Box, host: Host): Serving["health"] {
  const { backendNetwork, metricsPort } = kubeGatewaysOf(box);
  const own = entry(host.addresses, backendNetwork, `addresses of ${host.name}`);
  return { address: own, port: metricsPort, path: "/healthz" };
}
