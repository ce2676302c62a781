/** Text of systemd unit files for the daemons of the cluster. */
import type { HostFile } from "./hostServices.ts";

/** A daemon as systemd is to run it. */
export interface Daemon {
  readonly unit: string;
  readonly description: string;
  /** Program and arguments, one per line of the unit file; none may contain blanks. */
  readonly command: readonly string[];
  /** Units that it is started after. */
  readonly after?: readonly string[];
  /** `notify` for a daemon that says itself when it is ready; systemd waits for that. */
  readonly type?: "notify" | "exec";
  /** Further lines of the section [Service]. */
  readonly settings?: readonly string[];
}

/** Seconds until a daemon must be ready: the API server needs ten on a quiet machine, beside compilers a multiple. */
const READY_SECONDS = 180;

/**
 * Where a host sees the Kubernetes programs: a directory of the machine, mounted read-only into all hosts of the cluster.
 */
export const PROGRAMS = "/opt/kubernetes";

/**
 * The unit file of a daemon that is restarted for ever: a cluster heals when what it waits for comes back.
 *
 * @example
 * daemonUnit({ unit: "kubelet.service", description: "kubelet", command: ["/opt/kubernetes/kubelet", "--v=0"] });
 */
export function daemonUnit(daemon: Daemon): HostFile {
  const { unit, description, command, after = [], type = "notify", settings = [] } = daemon;
  const blank = command.find((word) => /\s/.test(word));
  if (blank !== undefined) {
    throw new Error(`unit ${unit}: the argument "${blank}" contains blanks, which would split it`);
  }
  const content = [
    "[Unit]",
    `Description=${description}`,
    // They listen on addresses of the host's: without them, they would fail and try again.
    "Wants=network-online.target",
    `After=${["network-online.target", ...after].join(" ")}`,
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    `Type=${type}`,
    `ExecStart=${command.join(" \\\n  ")}`,
    "Restart=always",
    "RestartSec=2",
    `TimeoutStartSec=${READY_SECONDS}`,
    ...settings,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
  return { path: `/etc/systemd/system/${unit}`, content };
}
