/** The network of a host: its interfaces' names and addresses, and its default route. */
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type Program } from "../assembly.ts";
import { script } from "../script.ts";
import type { TreeFile } from "../treeFile.ts";
import { cloudInitConf, cloudInitFile } from "./cloudInit.ts";
import { interfacesOf } from "./interfaces.ts";
import { netplan, netplanFile, sourceFor, type NetplanInterface } from "./netplan.ts";
import {
  networkdConf,
  networkdConfFile,
  networkDropIn,
  networkDropInFile,
  waitOnlineDropIn,
  waitOnlineDropInFile,
} from "./networkd.ts";
import { networkSysctl, networkSysctlFile } from "./sysctl.ts";

/** `arping` looks for a stranger with an address that is to come, and `networkctl` speaks to networkd by `dbus`. */
const networkd: Program = {
  name: "systemd-networkd",
  packages: ["netplan.io", "dbus", "iproute2", "iputils-arping", "procps"],
  maskedUntilConfigured: [],
};

/** The assembly `network`. It opens no port and goes by no name of an interface: it is what gives them theirs. */
export const networkAssembly: Assembly = {
  name: "network",
  pools: (box) => box.hostNetworks.pools,
  programs: [networkd],
  effects: [
    { unit: "systemd-networkd.service", does: EffectKind.Reload, files: ["netplan/", "networkd/"] },
    { unit: "systemd-networkd.service", does: EffectKind.Restart, files: ["networkd/gatebox-networkd.conf"] },
  ],
  files: networkFiles,
};

/**
 * Seconds after which a host goes back to the network that it had, by itself, where the transaction has died. One that is
 * still at work keeps the guard waiting until it has ended, well or not: up to 10 s for networkd, 6 s for the probe, 5 s for
 * the operator's own connection.
 */
const guard = "60\n";

/** A file that is copied out of the tree. */
interface Copy {
  readonly source: string;
  readonly place: string;
  readonly mode: "0600" | "0644";
  readonly text: string;
}

/**
 * The tree of one host.
 *
 * What netplan, networkd and sysctl read are copies of files of the tree: they are read before `/var` is mounted, and a
 * host without its network cannot be reached to be mended. `files.list` says what goes where.
 *
 * @throws Error when the hardware address of one of the host's interfaces is not known.
 */
function networkFiles(box: Box, host: Host): TreeFile[] {
  const interfaces = interfacesOf(box, host);
  const copies = copiesOf(interfaces);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    ...copies.map(({ source, mode, text: content }) => ({ path: source, mode, text: content })),
    text("files.list", lines(copies.map(({ source, place, mode }) => [source, place, mode]))),
    text(
      "interfaces.list",
      lines(interfaces.map(({ name, macAddress, addresses }) => [name, macAddress, ...addresses])),
    ),
    text("default.list", lines(interfaces.flatMap(defaultRoutes))),
    text("replaces.list", lines([...new Set(box.hostNetworks.replaces)].map((path) => [path]))),
    ...["check", "activate", "probe", "deactivate"].map(step),
    text("lifecycle/guard", guard),
  ];
}

/** Scripts of the runtime's steps; they never vary. */
function step(name: string): TreeFile {
  return { path: `lifecycle/${name}`, mode: "0755", text: script(`${import.meta.dirname}/lifecycle`, `${name}.sh`) };
}

/** `GATEWAY INTERFACE SOURCE` of each default route. */
function defaultRoutes({ name, addresses, defaultGateways }: NetplanInterface): string[][] {
  return defaultGateways.map((via) => [via, name, sourceFor(via, addresses) ?? "-"]);
}

function copiesOf(interfaces: readonly NetplanInterface[]): Copy[] {
  const copy = (source: string, place: string, text: string): Copy => ({ source, place, mode: "0644", text });
  const dropIns = interfaces.map((one) =>
    copy(`networkd/${one.name}.conf`, networkDropInFile(one.name), networkDropIn(one)),
  );
  return [
    // A file of netplan may hold passwords, so that it warns of those that others may read.
    { source: "netplan/60-gatebox.yaml", place: netplanFile, mode: "0600", text: netplan(interfaces) },
    ...dropIns,
    copy("networkd/gatebox-networkd.conf", networkdConfFile, networkdConf),
    copy("systemd/wait-online.conf", waitOnlineDropInFile, waitOnlineDropIn),
    copy("sysctl/network.conf", networkSysctlFile, networkSysctl),
    copy("cloud-init/gatebox-network.cfg", cloudInitFile, cloudInitConf),
  ];
}

function lines(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join(" ")}\n`).join("");
}
