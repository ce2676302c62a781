/** The files of a NAT gateway, placed where the host's runtime and the programs look for them. */
import type { Box, Host, NatGateway, VirtualIp } from "../box/model.ts";
import { webPorts } from "../box/ports.ts";
import { conntrackdConf, conntrackdDropIn, conntrackdMoved, conntrackdStarted } from "./conntrackd.ts";
import { natRules } from "./nat.ts";
import type { NatOptions } from "./nat.ts";
import { natActivate, natCheck, natDeactivate, natGuard, natLinks, natProbe } from "./natLifecycle.ts";
import { natForwarding, natService, natSysctl } from "./natSystemd.ts";
import type { TreeFile } from "./treeFile.ts";
import { entry, familyOf } from "./scalars.ts";

export { natHold, natPackages } from "./natLifecycle.ts";

/**
 * The assembly `nat` on one host: all NAT gateways of the pools that it is a member of, as one set of rules.
 *
 * @throws Error when the host belongs to none, or has no connection (the rules must know where the operator comes in).
 * @example natFiles(box, host)
 */
export function natFiles(box: Box, host: Host): TreeFile[] {
  const gateways = natGatewaysOfHost(box, host);
  if (gateways.length === 0) throw new Error(`${host.name} is a member of no NAT gateway's pool`);
  const sync = syncOf(box, host, gateways);
  const conntrackMax = Math.max(...gateways.map((gateway) => gateway.conntrackMax));
  const rules = natRules(natOptions(box, host, gateways, sync));
  const interfaces = Object.values(host.interfaces);
  return [
    text("nft/nat.nft", rules),
    text("sysctl/nat.conf", natSysctl({ interfaces, conntrackMax, synced: sync !== undefined })),
    text("sysctl/forwarding.conf", natForwarding),
    text("systemd/gatebox-nat.service", natService()),
    ...(sync ? syncFiles(sync, conntrackMax) : []),
    script("lifecycle/check", natCheck()),
    script("lifecycle/activate", natActivate()),
    script("lifecycle/probe", natProbe()),
    script("lifecycle/deactivate", natDeactivate()),
    text("lifecycle/links", natLinks(sync !== undefined)),
    text("lifecycle/guard", natGuard),
  ];
}

function text(path: string, content: string): TreeFile {
  return { path, mode: "0644", text: content };
}

function script(path: string, content: string): TreeFile {
  return { path, mode: "0755", text: content };
}

function syncFiles(sync: Sync, conntrackMax: number): TreeFile[] {
  const addresses = sync.virtualIps.map((vip) => vip.address);
  const moved = conntrackdMoved(addresses);
  return [
    text("conntrackd/conntrackd.conf", conntrackdConf({ ...sync, conntrackMax })),
    script("conntrackd/started", conntrackdStarted(addresses)),
    text("systemd/conntrackd.conf", conntrackdDropIn()),
    ...sync.virtualIps.map(({ name }) => script(`vip-events/${name}`, moved)),
  ];
}

/** The NAT gateways of the pools that a host is a member of. */
export function natGatewaysOfHost(box: Box, host: Host): NatGateway[] {
  return box.natGateways.filter((one) => entry(box.pools, one.pool, "pools of the box").members.includes(host.name));
}

interface Sync {
  readonly interface: string;
  readonly ownAddress: string;
  readonly peers: readonly string[];
  readonly ownAddresses: readonly string[];
  /** The virtual IPs whose holder leads the connections. */
  readonly virtualIps: readonly VirtualIp[];
}

// Connections are worth telling where another host can go on with them: it has the same source address after a failover.
function syncOf(box: Box, host: Host, gateways: readonly NatGateway[]): Sync | undefined {
  const synced = gateways.filter((gateway) => gateway.snatAddress.virtualIp !== undefined);
  const [first] = synced;
  if (!first) return undefined;
  const peers = peersOn(box, host, first.pool, first.input);
  if (peers.length === 0) return undefined;
  const pool = entry(box.pools, first.pool, "pools of the box").members.map((name) =>
    entry(box.hosts, name, "hosts of the box"),
  );
  // Nothing is led out over IPv6.
  const virtual = Object.values(box.virtualIps).filter(
    (vip) => familyOf(vip.address, vip.name) === 4 && synced.some((gateway) => gateway.pool === vip.pool),
  );
  // The event of one address is enough: those of a group come together. Without one on the way in, it is the source's.
  const inputs = synced.map(
    (gateway) =>
      virtual.find((vip) => vip.pool === gateway.pool && vip.network === gateway.input) ??
      virtual.find((vip) => vip.name === gateway.snatAddress.virtualIp),
  );
  return {
    interface: entry(host.interfaces, first.input, `interfaces of ${host.name}`),
    ownAddress: entry(host.addresses, first.input, `addresses of ${host.name}`),
    peers,
    ownAddresses: [...pool.flatMap((one) => Object.values(one.addresses)), ...virtual.map((vip) => vip.address)],
    virtualIps: [...new Set(inputs.filter((vip) => vip !== undefined))],
  };
}

function peersOn(box: Box, host: Host, pool: string, network: string): string[] {
  return entry(box.pools, pool, "pools of the box")
    .members.filter((name) => name !== host.name)
    .map((name) => entry(entry(box.hosts, name, "hosts of the box").addresses, network, `addresses of ${name}`));
}

/**
 * Who may speak VRRP to a host: each network and family that it has virtual IPs of, over no router (see `natRules`). Its
 * keepalived believes peers alone, and also those that leave (see `vipMembers.ts`), whom these rules would forget too soon.
 */
function vrrpPeers(box: Box, host: Host): NatOptions["vrrpPeers"] {
  const vips = Object.values(box.virtualIps).filter((vip) => Object.hasOwn(vip.priorities, host.name));
  const networks = [...new Set(vips.map((vip) => vip.network))];
  return ([4, 6] as const).flatMap((family) =>
    networks.flatMap((network) => {
      const here = vips.some((vip) => vip.network === network && familyOf(vip.address, vip.name) === family);
      const { cidr, ipv6 } = entry(box.networks, network, "networks of the box");
      const range = family === 4 ? cidr : ipv6;
      const link = entry(host.interfaces, network, `interfaces of ${host.name}`);
      return here && range !== undefined ? [{ interface: link, addresses: [range] }] : [];
    }),
  );
}

function natOptions(box: Box, host: Host, gateways: readonly NatGateway[], sync: Sync | undefined): NatOptions {
  const interfaceOn = (network: string): string => entry(host.interfaces, network, `interfaces of ${host.name}`);
  const openPorts = gateways.flatMap((gateway) => gateway.openPorts);
  // A web server's own ports are what it is there for.
  const web = box.webservers;
  const serves = entry(box.pools, web.pool, "pools of the box").members.includes(host.name);
  const served = serves ? webPorts.map((port) => ({ network: web.network, protocol: "tcp" as const, port })) : [];
  return {
    ways: gateways.map((gateway) => ({
      input: {
        interface: interfaceOn(gateway.input),
        cidr: entry(box.networks, gateway.input, "networks of the box").cidr,
      },
      output: { interface: interfaceOn(gateway.output) },
      source: gateway.snatAddress.address,
    })),
    interfaces: Object.values(host.interfaces),
    ssh: { interface: interfaceOn(operatorsNetwork(host)), ports: [...new Set([22, host.connection?.port ?? 22])] },
    openPorts: [...served, ...openPorts].map(({ network, protocol, port }) => ({
      interface: interfaceOn(network),
      protocol,
      port,
    })),
    vrrpPeers: vrrpPeers(box, host),
    ...(sync ? { syncPeers: { interface: sync.interface, addresses: sync.peers } } : {}),
  };
}

/** The network that the operator reaches a host on: the one that the address of its connection is of. */
export function operatorsNetwork(host: Host): string {
  const address = host.connection?.address;
  const found = Object.entries(host.addresses).find(([, own]) => own === address);
  if (!found)
    throw new Error(
      `hosts.${host.name}: its connection (${address ?? "none"}) is to none of its addresses ${Object.values(host.addresses).join(", ")}; ` +
        `the rules of a NAT gateway must know on which network the operator comes in`,
    );
  return found[0];
}
