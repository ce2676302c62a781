/** Keys of containerd's CRI plugin that the section has words of its own for. */
export const criKeys = {
  sandbox_image: "sandboxImage",
  sandbox: "sandboxImage",
  snapshotter: "snapshotter",
  restrict_oom_score_adj: "restrictOomScoreAdj",
  disable_apparmor: "disableApparmor",
  max_container_log_line_size: "limits.logLineBytes",
  max_concurrent_downloads: "limits.downloads",
  discard_unpacked_layers: "limits.keepPackedLayers",
  config_path: "registries",
  registry: "registries",
  bin_dir: "cni.binDir",
  conf_dir: "cni.confDir",
  cni: "cni",
  pinned_images: "sandboxImage",
  systemd_cgroup: "systemdCgroup",
} as const;

/** Where the section says what a key of containerd's would say; undefined for a key that it has no word for. */
export function keyOf(key: string): string | undefined {
  return Object.hasOwn(criKeys, key) ? criKeys[key as keyof typeof criKeys] : undefined;
}

/** Tables and choices that are the section's as a whole, and what is said to whoever writes one as a key. */
const tables: ReadonlyMap<string, string> = new Map([
  [
    "containerd",
    "is a table, of which containerRuntime says snapshotter, systemdCgroup and limits.keepPackedLayers: write these",
  ],
  ["runtimes", "is a table, in which runc stands alone: containerRuntime.systemdCgroup is what there is to say of it"],
  ["default_runtime_name", "is runc, the one runtime that there is here: leave it out"],
]);

/** What is said of a key that would take the place of what the section writes; undefined for one that does not. */
export function tableOf(key: string): string | undefined {
  return tables.get(key);
}
