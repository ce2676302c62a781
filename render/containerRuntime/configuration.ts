/**
 * containerd's own configuration. 1.6 and 1.7 read version 2 of it, 2.x reads version 3, in which the CRI plugin is three. A
 * section under the wrong name, or an unknown key in one, containerd passes over without a word; so what is declared here is
 * also written as a list, which is compared with what containerd says that it has read.
 */
import type { ContainerRuntime } from "../../box/model.ts";
import { entry } from "../scalars.ts";
import { treeOf } from "../places.ts";

/** The assembly. */
export const containerRuntime = "container-runtime";

/** Where `hosts.toml` of each registry is. */
const registriesDirectory = `${treeOf(containerRuntime)}/certs.d`;

type Scalar = string | number | boolean;

/** A table of TOML: the steps of its name, and its keys. */
export interface Table {
  readonly name: readonly string[];
  readonly keys: Readonly<Record<string, Scalar>>;
}

/** What a registry is logged in with by token. */
export interface Login {
  readonly registry: string;
  /** The host, and the port where one is written, at which the registry is asked. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** The tables of the configuration for a major version of containerd. */
export function configurationTables(runtime: ContainerRuntime): Table[] {
  return runtime.major === 1 ? tablesOfVersion2(runtime) : tablesOfVersion3(runtime);
}

function tablesOfVersion2(runtime: ContainerRuntime): Table[] {
  const cri = (...name: string[]): string[] => ["plugins", "io.containerd.grpc.v1.cri", ...name];
  const { sandboxImage, snapshotter, limits } = runtime;
  return [
    {
      name: cri(),
      keys: {
        sandbox_image: sandboxImage,
        ...podKeys(runtime),
        max_concurrent_downloads: limits.downloads,
        ...runtime.settings,
      },
    },
    { name: cri("cni"), keys: cniKeys(runtime) },
    {
      name: cri("containerd"),
      keys: { default_runtime_name: "runc", snapshotter, discard_unpacked_layers: !limits.keepPackedLayers },
    },
    ...runcTables(cri("containerd"), runtime),
    registryTable(cri("registry")),
    extras,
  ];
}

function tablesOfVersion3(runtime: ContainerRuntime): Table[] {
  const images = (...name: string[]): string[] => ["plugins", "io.containerd.cri.v1.images", ...name];
  const pods = (...name: string[]): string[] => ["plugins", "io.containerd.cri.v1.runtime", ...name];
  const { sandboxImage, snapshotter, limits } = runtime;
  const settings = (place: Place): Readonly<Record<string, Scalar>> =>
    Object.fromEntries(Object.entries(runtime.settings).filter(([key]) => placeOf(key) === place));
  return [
    {
      name: images(),
      keys: {
        snapshotter,
        max_concurrent_downloads: limits.downloads,
        discard_unpacked_layers: !limits.keepPackedLayers,
        ...settings("images"),
      },
    },
    { name: images("pinned_images"), keys: { sandbox: sandboxImage } },
    registryTable(images("registry")),
    { name: pods(), keys: { ...podKeys(runtime), ...settings("runtime") } },
    { name: pods("cni"), keys: cniKeys(runtime) },
    { name: pods("containerd"), keys: { default_runtime_name: "runc" } },
    ...runcTables(pods("containerd"), runtime),
    { name: ["plugins", "io.containerd.grpc.v1.cri"], keys: settings("server") },
    extras,
  ].filter(({ keys }) => Object.keys(keys).length > 0);
}

type Place = "images" | "server" | "runtime";

const imageKeys: readonly string[] = [
  "concurrent_layer_fetch_buffer",
  "disable_snapshot_annotations",
  "image_pull_progress_timeout",
  "image_pull_with_sync_fs",
  "stats_collect_period",
  "use_local_image_pull",
];
const serverKeys: readonly string[] = [
  "disable_tcp_service",
  "enable_tls_streaming",
  "stream_idle_timeout",
  "stream_server_address",
  "stream_server_port",
];

/** In which of the three plugins of version 3 a key of the one of version 2 is. */
function placeOf(key: string): Place {
  if (imageKeys.includes(key)) return "images";
  return serverKeys.includes(key) ? "server" : "runtime";
}

/** Debian's own place for the plugin that unpacks programs from images. */
const extras: Table = { name: ["plugins", "io.containerd.internal.v1.opt"], keys: { path: "/var/lib/containerd/opt" } };

function podKeys({ restrictOomScoreAdj, disableApparmor, limits }: ContainerRuntime): Record<string, Scalar> {
  return {
    restrict_oom_score_adj: restrictOomScoreAdj,
    disable_apparmor: disableApparmor,
    max_container_log_line_size: limits.logLineBytes,
  };
}

function cniKeys({ cni }: ContainerRuntime): Record<string, Scalar> {
  return { bin_dir: cni.binDir, conf_dir: cni.confDir };
}

function runcTables(containerd: readonly string[], { systemdCgroup }: ContainerRuntime): Table[] {
  const runc = [...containerd, "runtimes", "runc"];
  return [
    { name: runc, keys: { runtime_type: "io.containerd.runc.v2" } },
    { name: [...runc, "options"], keys: { SystemdCgroup: systemdCgroup } },
  ];
}

function registryTable(name: readonly string[]): Table {
  return { name, keys: { config_path: registriesDirectory } };
}

/** `containerd/config.toml`: all but the passwords, which `whole.sh` puts behind it. */
export function configurationText(runtime: ContainerRuntime): string {
  return `# What runs containers on this host. Made by Gatebox: changes by hand are lost.
version = ${versionOf(runtime)}

${toml(configurationTables(runtime))}`;
}

/**
 * `containerd/logins/registries.toml`, a secret: the tables of the passwords and nothing else, so that whatever else is declared
 * stands in one place. containerd looks for them by the host that it asks.
 */
export function tokenText({ major }: ContainerRuntime, logins: readonly Login[]): string {
  const plugin = entry({ 1: "io.containerd.grpc.v1.cri", 2: "io.containerd.cri.v1.images" }, String(major), "plugins");
  return toml(
    logins.map(({ host, username, password }) => ({
      name: ["plugins", plugin, "registry", "configs", host, "auth"],
      keys: { username, password },
    })),
  );
}

/** The version of the configuration that a major version of containerd reads. */
function versionOf({ major }: ContainerRuntime): number {
  return entry({ 1: 2, 2: 3 }, String(major), "versions of containerd's configuration");
}

/** `lifecycle/declared`: each key and its value in one line, in the words that `flatten.sh` makes of containerd's own. */
export function declaredText(runtime: ContainerRuntime): string {
  return configurationTables(runtime)
    .flatMap(({ name, keys }) => Object.entries(keys).map(([key, value]) => `${[...name, key].join("/")}=${value}\n`))
    .join("");
}

/** Tables as TOML. */
export function toml(tables: readonly Table[]): string {
  return tables
    .map(({ name, keys }) => {
      const lines = Object.entries(keys).map(([key, value]) => `  ${keyText(key)} = ${quoted(value)}\n`);
      return `[${name.map(keyText).join(".")}]\n${lines.join("")}`;
    })
    .join("\n");
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

/** A value as TOML has it; of texts its basic strings are JSON's, but for DEL, which JSON leaves as it is. */
export function quoted(value: Scalar): string {
  return typeof value === "string" ? JSON.stringify(value).replaceAll("\u007f", "\\u007f") : String(value);
}
