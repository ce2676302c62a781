/**
 * The assembly `gluster`: what makes a host a server of GlusterFS (its keys, its bricks, glusterd), or a client (its keys
 * alone). Debian's packages, 10.3. What goes over the network is TLS both ways: between servers, and to clients.
 *
 * Volumes are made of the bricks by `render/glusterVolumes`, and mounted by `render/sharedMounts`.
 */
import type { Box, Brick, GlusterVolume, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type MetricsSource } from "../assembly.ts";
import { shownCertificate } from "../certificates/index.ts";
import { treeOf } from "../places.ts";
import { address, name } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import {
  bricksUnit,
  clockService,
  clockSocket,
  glusterdUnit,
  knownNames,
  managementVolume,
  metricsTimer,
  metricsUnit,
} from "./glusterd.ts";
import { brickPlace } from "./places.ts";
import { brickPorts, clockPort, glusterPorts, managementPort } from "./ports.ts";
import { bricksOn, glusterVolumes, poolsOf, trustedPoolOf } from "./trustedPools.ts";

/** The host's key for GlusterFS, by the name that the runtime keeps it under. */
export const keyName = "gluster";

/** What a host's unit has beside these files: certificates, which are made when its key is. */
export const certificateFiles = { own: "tls/certificate.pem", authority: "tls/authority.pem" } as const;

export const glusterAssembly: Assembly = {
  name: "gluster",
  pools: (box) => poolsOf(box, glusterHosts(box)),
  only: (box, host) => glusterHosts(box).has(host.name),
  programs: [
    {
      name: "GlusterFS",
      packages: ["glusterfs-server", "glusterfs-client", "xfsprogs", "attr", "iproute2", "openssl", "util-linux"],
      maskedUntilConfigured: ["glusterd.service", "glustereventsd.service"],
    },
  ],
  effects: [
    {
      unit: "glusterd.service",
      does: EffectKind.Restart,
      files: ["glusterd.vol", "tls/", "systemd/glusterd.service"],
      serviceOf: "systemd/glusterd.service",
    },
  ],
  files,
  ports: glusterPorts,
  metricsSources: (box, host) => [
    ...Object.values(certificateFiles).map((file) => shownCertificate([`${treeOf("gluster")}/${file}`])),
    ...runningBricks(box, host),
  ],
};

/** More often than what glusterd itself says, which takes seconds and waits for other hosts. */
function runningBricks(box: Box, host: Host): MetricsSource[] {
  if (trustedPoolOf(box, host) === undefined) return [];
  const list = bricksOn(box, host).map(({ volume }) => `${name(volume.name, "volume")} ${brickPlace(volume)}`);
  return [{ name: "gluster-bricks", script: script(import.meta.dirname, "bricks.pl"), list, every: 15 }];
}

/** Servers and clients. */
export function glusterHosts(box: Box): ReadonlySet<string> {
  return new Set(
    glusterVolumes(box).flatMap(({ mountedOn, replicaSets }) => [
      ...mountedOn,
      ...replicaSets.flatMap(({ data, arbiter }) => [...data, ...(arbiter ? [arbiter] : [])].map(({ host }) => host)),
    ]),
  );
}

function files(box: Box, host: Host): TreeFile[] {
  const pool = trustedPoolOf(box, host);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const lifecycle = ["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
    path: `lifecycle/${step}`,
    mode: "0755",
    text: script(import.meta.dirname, `${step}.sh`),
  }));
  const links = [
    `/usr/lib/ssl/glusterfs.pem ${certificateFiles.own}`,
    `/usr/lib/ssl/glusterfs.ca ${certificateFiles.authority}`,
  ];
  const always = [
    usedInterfaces([]),
    text(
      "lifecycle/settings",
      settings({
        serves: pool === undefined ? "no" : "yes",
        own_address: pool === undefined ? "" : ownAddress(box, host),
        peers: (pool?.peers ?? []).map((peer) => address(peer, "address of a peer")).join(" "),
        clock_port: clockPort,
        management_port: managementPort,
        first_port: brickPorts.first,
        last_port: brickPorts.last,
      }),
    ),
    ...lifecycle,
  ];
  if (pool === undefined) return [...always, text("lifecycle/links", lines(links))];
  const bricks = bricksOn(box, host);
  return [
    ...always,
    text("lifecycle/links", lines([...links, ...serverLinks])),
    text("bricks.list", lines(bricks.map(({ volume, brick }) => brickLine(volume, brick)))),
    // A file system is made for each brick, and glusterd starts after them.
    text("lifecycle/limit", `${120 + 60 * bricks.length}\n`),
    text("glusterd.vol", managementVolume),
    text("systemd/glusterd.service", glusterdUnit),
    ...Object.entries(knownNames).map(([path, content]) => text(path, content)),
    text("systemd/gatebox-bricks.service", bricksUnit),
    text("systemd/gatebox-clock.socket", clockSocket),
    text(clockTemplate, clockService),
    text("systemd/gatebox-gluster-metrics.service", metricsUnit),
    text("systemd/gatebox-gluster-metrics.timer", metricsTimer),
    { path: "scripts/mount-bricks.sh", mode: "0755", text: script(import.meta.dirname, "mount-bricks.sh") },
    { path: "scripts/own-bricks.sh", mode: "0755", text: script(import.meta.dirname, "own-bricks.sh") },
    { path: "scripts/healed.sh", mode: "0755", text: script(import.meta.dirname, "healed.sh") },
    { path: "scripts/metrics.sh", mode: "0755", text: script(import.meta.dirname, "metrics.sh") },
  ];
}

// A file of a tree has no "@" in its name.
const clockTemplate = "systemd/gatebox-clock-template.service";
const units = ["glusterd.service", "gatebox-bricks.service", "gatebox-clock.socket", "gatebox-gluster-metrics.service", "gatebox-gluster-metrics.timer"]; // prettier-ignore
const serverLinks = [
  ...units.map((unit) => `/etc/systemd/system/${unit} systemd/${unit}`),
  `/etc/systemd/system/gatebox-clock@.service ${clockTemplate}`,
];

function ownAddress(box: Box, host: Host): string {
  const [first] = bricksOn(box, host);
  if (first === undefined) throw new Error(`${host.name} has no brick`);
  return address(first.brick.address, `address of ${host.name}`);
}

/** `VOLUME PLACE UUID DEVICE LEAST-GIB`; a dash for no device. */
function brickLine(volume: GlusterVolume, brick: Brick): string {
  const { uuid, device = "-", leastGiB = 0 } = brick;
  if (!/^[0-9a-f-]{36}$/.test(uuid)) throw new Error(`${uuid} is not a UUID`);
  if (!/^(?:-|\/dev\/[A-Za-z0-9_.:+@/-]+)$/.test(device)) throw new Error(`${device} is not a device`);
  return `${name(volume.name, "volume")} ${brickPlace(volume)} ${uuid} ${device} ${leastGiB}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
