/** The files of a host with virtual IPs, placed where the host's runtime and keepalived look for them. */
import type { Box, Host, VirtualIp } from "../box/model.ts";
import { keepalivedBase, keepalivedVip, vipAddress, vipAddressFile, vipFile, vipHealthList } from "./keepalived.ts";
import type { TreeFile } from "./treeFile.ts";
import { vipActivate } from "./vipActivate.ts";
import { vipCheck } from "./vipCheck.ts";
import { vipDeactivate, vipLinks, vipProbe } from "./vipLifecycle.ts";
import type { VipOnHost, VipUse } from "./vipOnHost.ts";
import { nginxStatus } from "./nginx/base.ts";
import { vipJoin } from "./vipMembers.ts";
import { vipDrain, vipEvents, vipHealth, vipRelease, vipStart, vipWatch } from "./vipScripts.ts";
import { keepalivedDropIn, vipHealthService, vipJoinService, vipSysctl, vipWatchService } from "./vipSystemd.ts";
import { entry, familyOf } from "./scalars.ts";

export { vipHold, vipPackages } from "./vipLifecycle.ts";

/** What all virtual IPs of one host share. */
function vipBaseFiles(box: Box, host: Host, vips: readonly VirtualIp[]): TreeFile[] {
  const uses = vips.map((vip) => vipOnHost(box, host, vip).use);
  const ipv6 = vips.some((vip) => familyOf(vip.address, vip.name) === 6);
  const longestAdvert = Math.max(...vips.map((vip) => vip.advertIntervalMs));
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const script = (path: string, content: string): TreeFile => ({ path, mode: "0755", text: content });
  return [
    text("keepalived/keepalived.conf", keepalivedBase({ host: host.name, uses })),
    text("keepalived/health.list", vipHealthList(uses)),
    script("scripts/start", vipStart()),
    script("scripts/health", vipHealth()),
    script("scripts/drain", vipDrain()),
    script("scripts/events", vipEvents()),
    script("scripts/join", vipJoin()),
    script("scripts/release", vipRelease()),
    script("scripts/watch", vipWatch(longestAdvert)),
    text("systemd/keepalived.conf", keepalivedDropIn()),
    text("systemd/gatebox-vip-watch.service", vipWatchService()),
    text("systemd/gatebox-vip-health.service", vipHealthService()),
    text("systemd/gatebox-vip-join.service", vipJoinService()),
    text("sysctl/vip.conf", vipSysctl()),
    script("lifecycle/check", vipCheck({ ipv6 })),
    script("lifecycle/activate", vipActivate()),
    script("lifecycle/probe", vipProbe()),
    script("lifecycle/deactivate", vipDeactivate()),
    text("lifecycle/links", vipLinks),
  ];
}

/**
 * The virtual IPs of a pool, in groups that move as one: the first of each group leads, the others name it (`syncGroup`).
 */
export function vipGroups(box: Box, pool: string): VirtualIp[][] {
  const all = Object.values(box.virtualIps).filter((vip) => vip.pool === pool);
  return all
    .filter((vip) => vip.syncGroup === undefined)
    .map((leader) => [leader, ...all.filter((vip) => vip.syncGroup === leader.name)]);
}

/**
 * One group of `vipGroups` on one host of its pool.
 * @throws Error when the host has no address on the network, or no priority.
 */
export function vipGroupFiles(box: Box, host: Host, group: readonly VirtualIp[]): TreeFile[] {
  return group.flatMap((vip, index) => {
    const here = vipOnHost(box, host, vip);
    const follows = index === 0 ? group.slice(1).map((other) => other.name) : [];
    return [
      { path: vipFile(vip), mode: "0644", text: keepalivedVip(here, follows) },
      { path: vipAddressFile(vip), mode: "0644", text: vipAddress(here) },
    ] satisfies TreeFile[];
  });
}

/**
 * The assembly `vip` on one host: all its virtual IPs.
 *
 * @throws Error when it takes part in none: keepalived does not run without.
 * @example vipFiles(box, host)
 */
export function vipFiles(box: Box, host: Host): TreeFile[] {
  const vips = vipsOfHost(box, host);
  if (vips.length === 0) throw new Error(`${host.name} takes part in no virtual IP`);
  const pools = [...new Set(vips.map((vip) => vip.pool))];
  const groups = pools.flatMap((pool) => vipGroups(box, pool));
  return [...vipBaseFiles(box, host, vips), ...groups.flatMap((group) => vipGroupFiles(box, host, group))];
}

/** The virtual IPs that a host takes part in. */
export function vipsOfHost(box: Box, host: Host): VirtualIp[] {
  return Object.values(box.virtualIps).filter((vip) => Object.hasOwn(vip.priorities, host.name));
}

/** One virtual IP as `host` takes part in it. */
export function vipOnHost(box: Box, host: Host, vip: VirtualIp): VipOnHost {
  const others = Object.keys(vip.priorities).filter((other) => other !== host.name);
  const addressOf = (one: Host): string =>
    familyOf(vip.address, `virtual IP ${vip.name}`) === 4
      ? entry(one.addresses, vip.network, `addresses of ${one.name}`)
      : entry(one.addresses6 ?? {}, vip.network, `IPv6 addresses of ${one.name}`);
  const interfaceOn = (network: string): string => entry(host.interfaces, network, `interfaces of ${host.name}`);
  const { use, networks } = usefulness(box, host, vip);
  return {
    name: vip.name,
    interface: interfaceOn(vip.network),
    address: vip.address,
    prefixLength: vip.prefixLength,
    virtualRouterId: vip.virtualRouterId,
    priority: entry(vip.priorities, host.name, `priorities of the virtual IP ${vip.name}`),
    preempt: vip.preempt,
    advertIntervalMs: vip.advertIntervalMs,
    ownAddress: addressOf(host),
    peers: others.map((other) => addressOf(entry(box.hosts, other, "hosts of the box"))),
    alsoNeeds: networks.filter((network) => network !== vip.network).map(interfaceOn),
    use,
  };
}

// Whether connections leave the box with an address of the web servers' network, and clients come to another one. Where it
// is the only one of its family there, it is the clients' in the first place.
function leadsOut(box: Box, vip: VirtualIp): boolean {
  const sources = new Set(box.natGateways.map(({ snatAddress: source }) => source.virtualIp));
  const family = familyOf(vip.address, vip.name);
  const forClients = (other: VirtualIp): boolean =>
    other.pool === vip.pool &&
    other.network === vip.network &&
    familyOf(other.address, other.name) === family &&
    !sources.has(other.name);
  return sources.has(vip.name) && Object.values(box.virtualIps).some(forClients);
}

// What the address is for follows from who has it and where: the users of a network find the pool's program there.
function usefulness(box: Box, host: Host, vip: VirtualIp): { use: VipUse; networks: readonly string[] } {
  const { kubeGateways, webservers } = box;
  if (vip.pool === kubeGateways.pool && vip.network === kubeGateways.network) {
    const address = entry(host.addresses, kubeGateways.backendNetwork, `addresses of ${host.name}`);
    const use = {
      kind: "daemon",
      process: "haproxy",
      address,
      port: kubeGateways.metricsPort,
      path: "/healthz",
    } as const;
    return { use, networks: [kubeGateways.backendNetwork] };
  }
  const isClients = vip.pool === webservers.pool && vip.network === webservers.network && !leadsOut(box, vip);
  if (isClients) {
    const use = { kind: "daemon", process: "nginx", ...nginxStatus } as const;
    return { use, networks: [webservers.upstreamNetwork] };
  }
  const nat = box.natGateways.find(
    (one) => one.pool === vip.pool && (one.input === vip.network || one.output === vip.network),
  );
  return nat
    ? { use: { kind: "forwarding" }, networks: [nat.input, nat.output] }
    : { use: { kind: "interface" }, networks: [] };
}
