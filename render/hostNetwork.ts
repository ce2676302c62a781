/** The files of a host's network, placed where the host's runtime looks for them. */
import type { Box, Host } from "../box/model.ts";
import { hostNetworkActivate } from "./hostNetworkActivate.ts";
import { hostNetworkCheck } from "./hostNetworkCheck.ts";
import { hostNetworkDeactivate } from "./hostNetworkDeactivate.ts";
import { hostNetworkProbe } from "./hostNetworkProbe.ts";
import {
  netplan,
  netplanFile,
  networkdConf,
  networkDropIn,
  networkDropInFile,
  networkSysctl,
  networkSysctlFile,
  sourceFor,
  waitOnlineDropIn,
} from "./netplan.ts";
import type { NetplanInterface } from "./netplan.ts";
import type { TreeFile } from "./treeFile.ts";
import { entry, familyOf } from "./scalars.ts";

/**
 * Debian packages of a host whose network is written. `arping` looks for a stranger with an address that is to come, and
 * `networkctl` speaks to networkd by `dbus`.
 */
export const hostNetworkPackages: readonly string[] = ["netplan.io", "dbus", "iproute2", "iputils-arping", "procps"];

/**
 * Seconds after which a host goes back to the network that it had, by itself, where the transaction has died. One that is
 * still at work keeps the guard waiting until it has ended, well or not: up to 10 s for networkd, 6 s for the probe, 5 s for
 * the operator's own connection.
 */
export const hostNetworkGuard = "60\n";

/** A file that is copied out of the tree. */
interface Copy {
  readonly source: string;
  readonly place: string;
  readonly mode: "0600" | "0644";
  readonly text: string;
}

/**
 * The assembly `network` on one host.
 *
 * What netplan, networkd and sysctl read are copies of files of the tree: they are read before `/var` is mounted, and a
 * host without its network cannot be reached to be mended. `files.list` says what goes where.
 *
 * @throws Error when the hardware address of one of the host's interfaces is not known.
 * @example hostNetworkFiles(box, host)
 */
export function hostNetworkFiles(box: Box, host: Host): TreeFile[] {
  const interfaces = interfacesOf(box, host);
  const copies = copiesOf(interfaces);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const script = (path: string, content: string): TreeFile => ({ path, mode: "0755", text: content });
  return [
    ...copies.map(({ source, mode, text: content }) => ({ path: source, mode, text: content })),
    text("files.list", lines(copies.map(({ source, place, mode }) => [source, place, mode]))),
    text("interfaces.list", lines(interfaces.map(({ name, ether, addresses }) => [name, ether, ...addresses]))),
    text("default.list", lines(interfaces.flatMap(waysOut))),
    text("replaces.list", lines([...new Set(box.hostNetworks.replaces)].map((path) => [path]))),
    script("lifecycle/check", hostNetworkCheck()),
    script("lifecycle/activate", hostNetworkActivate()),
    script("lifecycle/probe", hostNetworkProbe()),
    script("lifecycle/deactivate", hostNetworkDeactivate()),
    text("lifecycle/guard", hostNetworkGuard),
  ];
}

/** `VIA INTERFACE SOURCE` of each way out. */
function waysOut({ name, addresses, defaultGateway }: NetplanInterface): string[][] {
  return defaultGateway.map((via) => [via, name, sourceFor(via, addresses) ?? "-"]);
}

/** What the interfaces of a host are to be. There is no way out over IPv6 as yet. */
function interfacesOf(box: Box, host: Host): NetplanInterface[] {
  const { nameservers } = box.hostNetworks;
  const ways = host.defaultGateway === undefined ? [] : [host.defaultGateway];
  const networks = Object.keys(host.addresses);
  const wayOut = networks.find((network) => ways.some((via) => isOn(box, network, via)));
  return networks.map((network) => ({
    name: entry(host.interfaces, network, `interfaces of ${host.name}`),
    ether: entry(host.macAddresses ?? {}, network, `macAddresses of ${host.name}`),
    addresses: addressesOn(box, host, network),
    defaultGateway: ways.filter((via) => isOn(box, network, via)),
    // Name servers are asked over one interface: where the way out is.
    nameservers: network === (wayOut ?? networks[0]) ? nameservers : [],
  }));
}

function addressesOn(box: Box, host: Host, network: string): string[] {
  const own = `${entry(host.addresses, network, `addresses of ${host.name}`)}/${prefixLength(box, network)}`;
  const own6 = host.addresses6?.[network];
  if (own6 === undefined) return [own];
  const prefix = entry(box.networks, network, "networks of the box").ipv6;
  if (prefix === undefined) throw new Error(`addresses6 of ${host.name}: ${network} has no IPv6 prefix`);
  return [own, `${own6}/${prefix.split("/")[1]}`];
}

function cidrOf(box: Box, network: string): string {
  return entry(box.networks, network, "networks of the box").cidr;
}

function prefixLength(box: Box, network: string): number {
  return Number(cidrOf(box, network).split("/")[1]);
}

function isOn(box: Box, network: string, via: string): boolean {
  if (familyOf(via, "default route") !== 4) return false;
  const size = 2 ** (32 - prefixLength(box, network));
  const block = (address: string): number =>
    Math.floor(address.split(".").reduce((number, octet) => number * 256 + Number(octet), 0) / size);
  return block(cidrOf(box, network).split("/")[0] ?? "") === block(via);
}

function copiesOf(interfaces: readonly NetplanInterface[]): Copy[] {
  const copy = (source: string, place: string, text: string): Copy => ({ source, place, mode: "0644", text });
  const dropIns = interfaces.map((one) =>
    copy(`networkd/${one.name}.conf`, networkDropInFile(one.name), networkDropIn(one)),
  );
  const waitOnline = "/etc/systemd/system/systemd-networkd-wait-online.service.d/gatebox.conf";
  return [
    // A file of netplan may hold passwords, so that it warns of those that others may read.
    { source: "netplan/60-gatebox.yaml", place: netplanFile, mode: "0600", text: netplan(interfaces) },
    ...dropIns,
    copy("networkd/gatebox-networkd.conf", "/etc/systemd/networkd.conf.d/gatebox.conf", networkdConf),
    copy("systemd/wait-online.conf", waitOnline, waitOnlineDropIn),
    copy("sysctl/network.conf", networkSysctlFile, networkSysctl),
  ];
}

function lines(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join(" ")}\n`).join("");
}
