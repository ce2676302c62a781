/** What Prometheus and Alertmanager have in common: services that take another configuration by SIGHUP. */
import { afterTraffic, behindTraffic } from "../bootOrder.ts";
import { name, port } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import { treeOf } from "../places.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";

/** One of the two. */
export interface MonitoringServer {
  /** The assembly, which is also how its metrics begin. */
  readonly assembly: "prometheus" | "alertmanager";
  /** Debian's unit. */
  readonly unit: string;
  /** The first 15 characters of its program's name. */
  readonly process: string;
  readonly address: string;
  /** TCP ports on that address; it answers HTTP on the first. */
  readonly ports: readonly [number, ...number[]];
  /** What all its paths begin with, slashes on both ends. */
  readonly path: string;
  /** Directory of what it keeps. */
  readonly storage: string;
  /** Its program with all its arguments. */
  readonly command: readonly string[];
  /** URLs by which the other servers' clocks are compared; the first that answers of each line counts. */
  readonly clocks: readonly (readonly string[])[];
}

/** The user and the group that Debian runs both as. */
const group = "prometheus";

/**
 * The files of such an assembly but for its configuration: the drop-in, and the steps that have its checker look at the staged
 * configuration, start it, have it read another one without a restart, and ask it until it has.
 *
 * @example serverFiles({ assembly: "prometheus", unit: "prometheus.service", … })
 */
export function serverFiles(server: MonitoringServer): TreeFile[] {
  const { assembly, unit, ports, clocks } = server;
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("systemd/service.conf", dropIn(server)),
    text(
      "lifecycle/settings",
      settings({
        assembly,
        unit: name(unit, "unit of the service"),
        process: server.process,
        address: server.address,
        port: port(ports[0], `port of ${unit}`),
        ports: ports.map((one) => port(one, `port of ${unit}`)).join(" "),
        path: server.path,
        storage: server.storage,
        group,
      }),
    ),
    text("lifecycle/clocks", clocks.map((urls) => `${urls.join(" ")}\n`).join("")),
    // A database reads its log when it starts, for a minute perhaps.
    text("lifecycle/limit", "150\n"),
    usedInterfaces([]),
    text("scripts/prepare.sh", script(import.meta.dirname, "prepare.sh").replaceAll("ASSEMBLY", assembly)),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `/etc/systemd/system/${unit}.d/gatebox.conf systemd/service.conf\n`),
  ];
}

function dropIn({ assembly, command, storage }: MonitoringServer): string {
  const tree = treeOf(assembly);
  return `# Runs it as Gatebox declares, from ${tree}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
${afterTraffic}
RequiresMountsFor=${storage}
StartLimitIntervalSec=0

[Service]
ExecStartPre=+/bin/sh ${tree}/scripts/prepare.sh
ExecStart=
ExecStart=${command.join(" ")}
TimeoutStartSec=140s
TimeoutStopSec=60s
${behindTraffic}
Restart=always
RestartSec=1s
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
`;
}
