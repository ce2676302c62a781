/** Virtual IPs: addresses that move between the hosts of a pool, held by keepalived. */
import type { Box, Host, VirtualIp } from "../../box/model.ts";
import { EffectKind, type Assembly, type MetricsSource, type OpenPort, type Registry } from "../assembly.ts";
import { vipsSettledUnit } from "../bootOrder.ts";
import { entry, familyOf } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { keepalivedBase, keepalivedVip, vipAddress, vipAddressFile, vipFile, vipHealthList } from "./keepalived.ts";
import { vipOnHost, vipsOfHost } from "./onHost.ts";
import type { VipOnHost } from "./onHost.ts";
import {
  keepalived,
  keepalivedDropIn,
  vipHealthService,
  vipJoinService,
  vipLinks,
  vipSettledService,
  vipSysctl,
  vipWatchService,
} from "./service.ts";

/**
 * The virtual IPs of a host, of all its pools. Other assemblies of a host may have a program that is run with the states of a
 * virtual IP, one change after the other: `vip-events/<name of the virtual IP>` in their tree, called with the new state
 * (MASTER, BACKUP, FAULT, STOP); see `tell_listeners.sh`.
 *
 * @see VirtualIps
 */
export const vipAssembly: Assembly = {
  name: "vip",
  pools: (box) => [...new Set(Object.values(box.virtualIps).map(({ pool }) => pool))],
  programs: [keepalived],
  effects: [
    {
      unit: "keepalived.service",
      does: EffectKind.Reload,
      files: ["keepalived/keepalived.conf", "keepalived/vips/", "scripts/events"],
    },
    {
      unit: "keepalived.service",
      does: EffectKind.Restart,
      files: ["systemd/keepalived.conf", "scripts/start"],
      serviceOf: "systemd/keepalived.conf",
      noticed: "the addresses that this host holds go to another one, and come back",
      givesUpVirtualIps: true,
    },
    {
      unit: "gatebox-vip-health.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-vip-health.service", "scripts/health"],
    },
    {
      unit: "gatebox-vip-watch.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-vip-watch.service", "scripts/watch", "lifecycle/settings"],
    },
  ],
  files: vipFiles,
  ports: vipPorts,
  metricsSources: vipMetrics,
};

/** Programs beside keepalived, which they ask and report to. */
const scripts = [
  "start.sh",
  "health.pl",
  "drain.sh",
  "events.sh",
  "join.sh",
  "release.sh",
  "settled.sh",
  "watch.pl",
] as const;
const steps = ["check", "activate", "probe", "deactivate"] as const;

function text(path: string, content: string): TreeFile {
  return { path, mode: "0644", text: content };
}

function executable(path: string, file: string): TreeFile {
  return { path, mode: "0755", text: script(import.meta.dirname, file) };
}

/** What all virtual IPs of one host share. */
function vipBaseFiles(host: Host, vips: readonly VipOnHost[]): TreeFile[] {
  const tracks = vips.map(({ track }) => track);
  return [
    text("keepalived/keepalived.conf", keepalivedBase({ host: host.name, tracks })),
    text("keepalived/health.list", vipHealthList(tracks)),
    ...scripts.map((file) => executable(`scripts/${file.replace(/\..*$/, "")}`, file)),
    text("systemd/keepalived.conf", keepalivedDropIn()),
    text("systemd/gatebox-vip-watch.service", vipWatchService()),
    text("systemd/gatebox-vip-health.service", vipHealthService()),
    text("systemd/gatebox-vip-join.service", vipJoinService()),
    text(`systemd/${vipsSettledUnit}`, vipSettledService()),
    text("sysctl/vip.conf", vipSysctl()),
    usedInterfaces(vips.flatMap((vip) => [vip.interface, ...vip.trackInterfaces])),
    text("lifecycle/settings", settings({ idle_readings: idleReadings(vips) })),
    ...steps.map((step) => executable(`lifecycle/${step}`, `${step}.sh`)),
    text("lifecycle/links", vipLinks),
  ];
}

/**
 * How often the watch, which looks at keepalived five times a second, finds that nothing in it has run before it is taken to
 * hang: in the time of two adverts it has sent one.
 */
function idleReadings(vips: readonly VipOnHost[]): number {
  const longest = Math.max(...vips.map(({ advertIntervalMs }) => advertIntervalMs));
  return Math.max(4, Math.ceil((2 * longest) / 200));
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
export function vipGroupFiles(box: Box, host: Host, group: readonly VirtualIp[], registry: Registry): TreeFile[] {
  return group.flatMap((vip, index) => {
    const here = vipOnHost(box, host, vip, registry);
    const follows = index === 0 ? group.slice(1).map((other) => other.name) : [];
    return [text(vipFile(vip), keepalivedVip(here, follows)), text(vipAddressFile(vip), vipAddress(here))];
  });
}

/**
 * The assembly on one host: all its virtual IPs.
 *
 * @throws Error when it takes part in none: keepalived does not run without.
 * @example vipFiles(box, host, registry)
 */
export function vipFiles(box: Box, host: Host, registry: Registry): TreeFile[] {
  const vips = vipsOfHost(box, host);
  if (vips.length === 0) throw new Error(`${host.name} takes part in no virtual IP`);
  const here = vips.map((vip) => vipOnHost(box, host, vip, registry));
  const pools = [...new Set(vips.map((vip) => vip.pool))];
  const groups = pools.flatMap((pool) => vipGroups(box, pool));
  return [...vipBaseFiles(host, here), ...groups.flatMap((group) => vipGroupFiles(box, host, group, registry))];
}

/** Who holds each address of the host, told at once when that changes. */
function vipMetrics(box: Box, host: Host): MetricsSource[] {
  const vips = vipsOfHost(box, host);
  return [
    {
      name: "vip",
      script: script(import.meta.dirname, "metrics.pl"),
      list: vips.map((vip) => `${vip.name} ${vip.network} ${vip.address}`),
      every: 15,
      virtualIps: vips.map((vip) => vip.name),
    },
  ];
}

/**
 * Who may send VRRP to a host: each network and family that it has virtual IPs of, over no router. Its keepalived believes
 * peers alone, and also those that leave (see `members.sh`), whom rules for peers would forget too soon.
 */
function vipPorts(box: Box, host: Host): OpenPort[] {
  const vips = vipsOfHost(box, host);
  const networks = [...new Set(vips.map((vip) => vip.network))];
  return ([4, 6] as const).flatMap((family) =>
    networks.flatMap((network): OpenPort[] => {
      const here = vips.some((vip) => vip.network === network && familyOf(vip.address, vip.name) === family);
      const { cidr, ipv6 } = entry(box.networks, network, "networks of the box");
      const range = family === 4 ? cidr : ipv6;
      const purpose = family === 4 ? "VRRP" : "VRRP over IPv6";
      return here && range !== undefined ? [{ network, protocol: "vrrp", from: [range], purpose }] : [];
    }),
  );
}
