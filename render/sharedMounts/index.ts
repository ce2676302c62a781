/**
 * The assembly `shared-mounts`: shared volumes at their mount points, one systemd mount unit each. A boot never waits for one:
 * a timer mounts what is not mounted yet, and again what has lost its server.
 */
import type { Box, Host, SharedVolume } from "../../box/model.ts";
import type { Assembly, Program } from "../assembly.ts";
import { bricksOf, poolsOf } from "../gluster/trustedPools.ts";
import { address, name } from "../scalars.ts";
import { script } from "../script.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { mountTimer, mountUnit, watchUnit, type Mount } from "./units.ts";

const base: Program = { name: "mounts", packages: ["util-linux"], maskedUntilConfigured: [] };
const nfsClient: Program = { name: "NFS' client", packages: ["nfs-common"], maskedUntilConfigured: [] };
const glusterClient: Program = { name: "GlusterFS' client", packages: ["glusterfs-client"], maskedUntilConfigured: [] };

export const sharedMountsAssembly: Assembly = {
  name: "shared-mounts",
  pools: (box) => poolsOf(box, mountingHosts(box)),
  only: (box, host) => mountingHosts(box).has(host.name),
  programs: [base, glusterClient, nfsClient],
  programsOn: mountPrograms,
  files,
};

/** Of the assembly's programs those that the volumes of a host need. */
function mountPrograms(box: Box, host: Host): readonly Program[] {
  const kinds = new Set(volumesOn(box, host).map(({ kind }) => kind));
  return [base, ...(kinds.has("gluster") ? [glusterClient] : []), ...(kinds.has("nfs") ? [nfsClient] : [])];
}

function volumesOn(box: Box, host: Host): readonly SharedVolume[] {
  return Object.values(box.sharedVolumes).filter(({ mountedOn }) => mountedOn.includes(host.name));
}

function mountingHosts(box: Box): ReadonlySet<string> {
  return new Set(Object.values(box.sharedVolumes).flatMap(({ mountedOn }) => mountedOn));
}

function files(box: Box, host: Host): TreeFile[] {
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const mounts = volumesOn(box, host).map((volume) => mountOf(volume, host));
  const units = mounts.map((mount) => ({ mount, file: `systemd/${mount.unit}` }));
  const watch = ["gatebox-shared-mounts.service", "gatebox-shared-mounts.timer"];
  const links = [...units.map(({ file }) => file), ...watch.map((unit) => `systemd/${unit}`)];
  return [
    usedInterfaces([]),
    text(
      "mounts.list",
      mounts.map(({ unit, place, kind, what, servers }) => `${unit} ${place} ${kind} ${what} ${servers}\n`).join(""),
    ),
    ...units.map(({ mount, file }) => text(file, mountUnit(mount))),
    text("systemd/gatebox-shared-mounts.service", watchUnit),
    text("systemd/gatebox-shared-mounts.timer", mountTimer),
    { path: "scripts/mount.sh", mode: "0755", text: script(import.meta.dirname, "mount.sh") },
    text(
      "lifecycle/links",
      links.map((file) => `/etc/systemd/system/${file.replace("systemd/", "")} ${file}\n`).join(""),
    ),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
  ];
}

function mountOf(volume: SharedVolume, host: Host): Mount {
  const place = volume.mountPoint;
  if (!/^(?:\/[A-Za-z0-9_][A-Za-z0-9_.]*)+$/.test(place)) throw new Error(`${place} is not a mount point`);
  // systemd's name for a mount point: slashes are dashes (dashes of its own would have to be escaped, and there are none).
  const mount = {
    servers: "-",
    volume: name(volume.name, "volume"),
    place,
    unit: `${place.slice(1).replaceAll("/", "-")}.mount`,
  };
  if (volume.kind === "nfs") {
    return {
      ...mount,
      kind: "nfs",
      what: `${address(volume.server, "NFS server")}:${volume.export}`,
      options: nfsOptions,
    };
  }
  if (volume.kind === "local") return { ...mount, kind: "local", what: volume.directory, options: "bind,nodev,nosuid" };
  const [first = "", ...others] = serversFor(volume, host);
  const backups = others.length === 0 ? "" : `,backup-volfile-servers=${others.join(":")}`;
  return {
    ...mount,
    kind: "gluster",
    servers: [first, ...others].join(","),
    what: `${first}:/${volume.name}`,
    options: `_netdev,nodev,nosuid,log-level=WARNING${backups}`,
  };
}

/** `hard`: a program waits for a server that is away, and loses nothing. The mount itself is tried once each time. */
const nfsOptions = "_netdev,nodev,nosuid,hard,retry=0,timeo=100,retrans=2";

/** Who is asked for the volume: the host itself where it is a server, then the others in turn. */
function serversFor(volume: Extract<SharedVolume, { kind: "gluster" }>, host: Host): string[] {
  const bricks = bricksOf(volume);
  const own = bricks.filter((brick) => brick.host === host.name);
  const others = bricks.filter((brick) => brick.host !== host.name);
  return [...own, ...others].map((brick) => address(brick.address, "address of a server"));
}
