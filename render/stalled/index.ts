/** The end of connections to servers that have fallen silent: what the programs that proxy cannot see in time. */
import type { Program } from "../assembly.ts";
import { treeOf } from "../places.ts";
import { cidr, name } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";

/** `iproute2` brings `ss`. */
export const stalled: Program = { name: "stalled connections", packages: ["iproute2"], maskedUntilConfigured: [] };

/** The unit's name; an assembly that passes requests on over connections which it keeps has one of its own. */
export function stalledUnit(assembly: string): string {
  return `gatebox-stalled-${name(assembly, "assembly")}.service`;
}

/** Whose connections are watched. */
export interface StalledOptions {
  /** The assembly of the program. */
  readonly assembly: string;
  /** The name of its processes, as in `/proc/PID/comm`. */
  readonly process: string;
  /** Where the servers are that it connects to, in CIDR notation. */
  readonly serversNetwork: string;
}

/**
 * `scripts/stalled` and its unit: within a fifth of a second, it ends connections that the program has to servers of the network on
 * which sent data has not even been received: sent again twice (after 0.2 and 0.6 s) and still not acknowledged. Whoever waits
 * for an answer on one asks the next server then. Connections of other programs, and those that were made to this host, are
 * left alone.
 *
 * A new connection has a limit of its own (`proxy_connect_timeout`, `timeout connect`). One that is kept has none: a
 * server that loses its power closes nothing, and each kept connection would hold one request until its read timeout,
 * a minute or more. nginx cannot set TCP_USER_TIMEOUT; HAProxy can, but that also ends uploads to an application that
 * pauses for as long. Here such a connection is left alone: its receiver acknowledges, and the timer is another one.
 *
 * It needs a kernel with CONFIG_INET_DIAG_DESTROY; without it nothing is ended.
 *
 * @example stalledFiles({ assembly: "gateway", process: "haproxy", serversNetwork: "192.168.1.0/24" })
 */
export function stalledFiles({ assembly, process, serversNetwork }: StalledOptions): TreeFile[] {
  const values = {
    process: name(process, "process whose connections are watched"),
    servers_network: cidr(serversNetwork, "network of the servers"),
  };
  return [
    { path: "scripts/stalled", mode: "0755", text: script(import.meta.dirname, "stalled.pl") },
    { path: "scripts/stalled.settings", mode: "0644", text: settings(values) },
    { path: `systemd/${stalledUnit(assembly)}`, mode: "0644", text: stalledService(assembly) },
  ];
}

// It comes with the program whose connections it watches.
function stalledService(assembly: string): string {
  return `[Unit]
Description=Gatebox: ends connections to servers that have fallen silent
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/perl ${treeOf(assembly)}/scripts/stalled
KillMode=process
TimeoutStopSec=5
Nice=-10
Restart=always
RestartSec=200ms
`;
}
