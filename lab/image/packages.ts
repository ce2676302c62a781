/** What the layers of the lab's image consist of. Whatever Gatebox itself installs on a host must not be in here. */
import type { LayerName } from "../inventory.ts";
import { NETWORKD_FILES } from "./networkd.ts";

/** Packages of each layer, beside what they depend on. */
export const PACKAGES: Readonly<Record<LayerName, readonly string[]>> = {
  // What a freshly installed host with SSH has: also what cloud-init brings along, which Debian's cloud images have.
  base: [
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "iproute2",
    "iputils-ping",
    "ca-certificates",
    "curl",
    "procps",
    "kmod",
    "perl",
    "python3",
    "python3-netifaces",
    "python3-requests",
    "python3-yaml",
  ],
  // What the hosts of the cluster need besides Kubernetes, which the lab builds.
  cluster: [
    "containerd",
    "runc",
    "containernetworking-plugins",
    "iptables",
    "conntrack",
    "socat",
    "ethtool",
    "etcd-server",
    "etcd-client",
  ],
};

/**
 * Units that must not start by themselves: timers that would hold apt's lock at a moment of their own choice, units
 * that wait for hardware that a container has not, and daemons that the cluster configures before it starts them.
 */
export const MASKED_UNITS: Readonly<Record<LayerName, readonly string[]>> = {
  base: [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "console-getty.service",
    "getty@.service",
  ],
  cluster: [],
};

/** Units that the packages of a layer enable and the lab does not want before they are configured. */
export const DISABLED_UNITS: Readonly<Record<LayerName, readonly string[]>> = {
  base: [],
  cluster: ["containerd.service", "etcd.service"],
};

/** Units that the packages of a layer leave alone and an installed host has running. */
export const ENABLED_UNITS: Readonly<Record<LayerName, readonly string[]>> = {
  base: ["systemd-networkd.service"],
  cluster: [],
};

/**
 * What dpkg leaves out of a package. GlusterFS' geo-replication is a package of its own elsewhere, which no box has; with it glusterd
 * starts Python some twenty times before it serves, and a host that comes back keeps a processor busy for half a minute.
 */
const WITHOUT_GEO_REPLICATION = {
  "/etc/dpkg/dpkg.cfg.d/without-geo-replication": "path-exclude=/usr/lib/*/glusterfs/gsyncd\n",
};

/** Files of each layer that no package brings, by path. */
export const FILES: Readonly<Record<LayerName, Readonly<Record<string, string>>>> = {
  base: { ...NETWORKD_FILES, ...WITHOUT_GEO_REPLICATION },
  cluster: {},
};

/** Raise it when the recipe changes in a way that the lists above do not show: caches are made anew. */
export const RECIPE = 1;
