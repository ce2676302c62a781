/** The NAT gateways: hosts that translate inner networks into outer ones, and report connections to each other. */
import type { Box, Host, NatGateway, VirtualIp } from "../../box/model.ts";
import {
  EffectKind,
  type Assembly,
  type MetricsSource,
  type OpenPort,
  type Registry,
  type Tracking,
} from "../assembly.ts";
import { conntrackdConf, syncPort } from "../conntrackd/conf.ts";
import {
  conntrackd,
  conntrackdDropIn,
  conntrackdLink,
  conntrackdMetrics,
  conntrackdScript,
} from "../conntrackd/service.ts";
import { refusedPackets } from "../refusedPackets/index.ts";
import { address, entry, familyOf } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { unusedAddress } from "../unusedAddress.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { boxEnds } from "./boxEnds.ts";
import { natRules } from "./rules.ts";
import type { NatOptions } from "./rules.ts";
import { natLinks, natService, nftables } from "./service.ts";
import { syncOf } from "./sync.ts";
import type { Sync } from "./sync.ts";
import { natForwarding, natSysctl } from "./sysctl.ts";

/**
 * All NAT gateways of a host, as one set of rules.
 *
 * @see NatGateway
 */
export const natAssembly: Assembly = {
  name: "nat",
  pools: (box) => [...new Set(box.natGateways.map(({ pool }) => pool))],
  programs: [nftables, conntrackd],
  tables: [{ family: "inet", name: "gatebox_nat", file: "nft/nat.nft" }],
  effects: [
    { unit: "gatebox-nat.service", does: EffectKind.Reload, files: ["nft/nat.nft", "sysctl/"] },
    {
      unit: "conntrackd.service",
      does: EffectKind.Restart,
      files: ["conntrackd/conntrackd.conf", "systemd/conntrackd.conf"],
    },
  ],
  files: natFiles,
  ports: natPorts,
  forwardsFrom: (box, host) => [...new Set(natGatewaysOfHost(box, host).map(({ input }) => input))],
  metricsSources: natMetrics,
  tracking: natTracking,
};

/** What the gateway refuses, and whether it is in step with the others where there are any. */
function natMetrics(box: Box, host: Host): MetricsSource[] {
  const synced = syncOf(box, host, natGatewaysOfHost(box, host)) !== undefined;
  const refused = refusedPackets({ place: "nat", table: "gatebox_nat" });
  return synced ? [refused, conntrackdMetrics()] : [refused];
}

/** Seconds after which a host whose operator can no longer get in goes back to what it had, by itself. */
const guard = "60\n";

const steps = ["check", "activate", "probe", "deactivate"] as const;

/** The NAT gateways of the pools that a host is a member of. */
export function natGatewaysOfHost(box: Box, host: Host): NatGateway[] {
  return box.natGateways.filter((one) => entry(box.pools, one.pool, "pools of the box").members.includes(host.name));
}

/**
 * The assembly on one host: all NAT gateways of the pools that it is a member of.
 *
 * @throws Error when the host belongs to none.
 * @example natFiles(box, host, registry)
 */
export function natFiles(box: Box, host: Host, registry: Registry): TreeFile[] {
  const gateways = natGatewaysOfHost(box, host);
  if (gateways.length === 0) throw new Error(`${host.name} is a member of no NAT gateway's pool`);
  const sync = syncOf(box, host, gateways);
  const conntrackMax = Math.max(...gateways.map((gateway) => gateway.conntrackMax));
  const interfaces = Object.values(host.interfaces);
  const rules = natRules(natOptions(box, host, gateways, registry));
  const holders = (sync?.virtualIps ?? []).map((vip) => address(vip.address, `virtual IP ${vip.name}`));
  return [
    text("nft/nat.nft", rules),
    text("sysctl/nat.conf", natSysctl({ interfaces, conntrackMax, synced: sync !== undefined })),
    text("sysctl/forwarding.conf", natForwarding),
    text("systemd/gatebox-nat.service", natService()),
    ...(sync ? syncFiles(sync, conntrackMax) : []),
    usedInterfaces(interfaces),
    text("lifecycle/settings", settings({ holder_addresses: holders.join(" ") })),
    text("lifecycle/ways", waysOf(box, host, gateways)),
    ...steps.map((step) => executable(`lifecycle/${step}`, script(import.meta.dirname, `${step}.sh`))),
    text("lifecycle/links", `${natLinks}${sync ? conntrackdLink : ""}`),
    text("lifecycle/guard", guard),
  ];
}

/** `INTERFACE SOURCE DESTINATION` of packets that get through: from a host inside to nobody's address outside, for each route. */
function waysOf(box: Box, host: Host, gateways: readonly NatGateway[]): string {
  return gateways
    .flatMap(({ input, output }) => {
      const others = Object.values(box.hosts).filter(({ name }) => name !== host.name);
      const from = others.flatMap(({ addresses }) => addresses[input] ?? [])[0];
      // Nobody's, for egress does not lead to the box's own hosts.
      const to = unusedAddress(box, output);
      const inner = entry(host.interfaces, input, `interfaces of ${host.name}`);
      return from === undefined || to === undefined ? [] : [`${inner} ${address(from, "host inside")} ${to}\n`];
    })
    .join("");
}

function text(path: string, content: string): TreeFile {
  return { path, mode: "0644", text: content };
}

function executable(path: string, content: string): TreeFile {
  return { path, mode: "0755", text: content };
}

function syncFiles(sync: Sync, conntrackMax: number): TreeFile[] {
  return [
    text("conntrackd/conntrackd.conf", conntrackdConf({ ...sync, conntrackMax })),
    executable("conntrackd/started", conntrackdScript("started")),
    text("systemd/conntrackd.conf", conntrackdDropIn()),
    ...sync.virtualIps.map(({ name }) => executable(`vip-events/${name}`, conntrackdScript("moved"))),
  ];
}

function natOptions(box: Box, host: Host, gateways: readonly NatGateway[], registry: Registry): NatOptions {
  const interfaceOn = (network: string): string => entry(host.interfaces, network, `interfaces of ${host.name}`);
  return {
    egressRoutes: gateways.map((gateway) => ({
      input: {
        interface: interfaceOn(gateway.input),
        cidr: entry(box.networks, gateway.input, "networks of the box").cidr,
      },
      output: { interface: interfaceOn(gateway.output) },
      snatAddress: gateway.snatAddress.address,
      perSource: gateway.conntrackPerSource,
      unlimited: box.natGateways
        .filter(({ output }) => output === gateway.input)
        .map(({ snatAddress }) => snatAddress.address),
    })),
    interfaces: Object.values(host.interfaces),
    box: boxEnds(box, registry, gateways),
  };
}

function natPorts(box: Box, host: Host): OpenPort[] {
  const gateways = natGatewaysOfHost(box, host);
  const sync = syncOf(box, host, gateways);
  return [
    ...(sync
      ? [{ network: sync.network, protocol: "udp", port: syncPort, from: sync.peers, purpose: "conntrackd" } as const]
      : []),
    ...gateways.flatMap((gateway) => {
      const path = `natGateways[${box.natGateways.indexOf(gateway)}].openPorts`;
      return gateway.openPorts.map((one) => ({ ...one, purpose: "declared", path, unknownListener: true }));
    }),
  ];
}

/**
 * A virtual IP on one side of a NAT gateway needs the host to forward. One that connections leave the box with is for
 * nothing else where clients come to another one beside it; where it is the only one of its family there, it is the clients' in
 * the first place.
 */
function natTracking(box: Box, _host: Host, vip: VirtualIp): Tracking | undefined {
  const nat = box.natGateways.find(
    ({ pool, input, output }) => pool === vip.pool && (input === vip.network || output === vip.network),
  );
  if (!nat) return undefined;
  return {
    track: { kind: "forwarding" },
    networks: [nat.input, nat.output],
    ...(isEgressOnly(box, vip) ? { exclusive: true } : {}),
  };
}

function isEgressOnly(box: Box, vip: VirtualIp): boolean {
  const snatAddresses = new Set(box.natGateways.map(({ snatAddress }) => snatAddress.virtualIp));
  const family = familyOf(vip.address, vip.name);
  const isForClients = (other: VirtualIp): boolean =>
    other.pool === vip.pool &&
    other.network === vip.network &&
    familyOf(other.address, other.name) === family &&
    !snatAddresses.has(other.name);
  return snatAddresses.has(vip.name) && Object.values(box.virtualIps).some(isForClients);
}
