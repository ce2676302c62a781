/** A program that no longer answers and does nothing: refused, so that whoever asks it goes to the next, and started again. */
import type { MetricsSource, Program } from "../assembly.ts";
import { notesOf, treeOf } from "../places.ts";
import { address, name, networkInterface, port } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";

/** `nftables` refuses. */
export const frozen: Program = { name: "frozen programs", packages: ["nftables"], maskedUntilConfigured: [] };

/** The unit's name; an assembly whose program is watched has one of its own. */
export function frozenUnit(assembly: string): string {
  return `gatebox-frozen-${name(assembly, "assembly")}.service`;
}

/** What is watched. */
export interface FrozenOptions {
  /** The assembly of the program. */
  readonly assembly: string;
  /** The systemd unit that runs it. */
  readonly unit: string;
  /** The name of its processes, as in `/proc/PID/comm`. */
  readonly process: string;
  /** Where it tells its own host of itself, and the path that it answers with 200 there. */
  readonly health: { readonly address: string; readonly port: number; readonly path: string };
  /** The interface that clients come in by. @default all */
  readonly interface?: string;
  /** The ports of clients. @default those of the routes of HAProxy that are in the tree at the time */
  readonly ports?: readonly number[];
}

/**
 * `scripts/frozen` and its unit. A program that is stopped or hangs is found out in nobody's place: its kernel goes on taking
 * connections, and each request waits there until its read timeout. A holder of virtual IPs loses these, but a gateway behind the
 * web servers has a part of all requests.
 *
 * Whether it is frozen is seen by its own health and by what its processes do: see `frozen.pl`. Then new connections of clients are
 * refused by a table of its own (`inet gatebox_frozen_ASSEMBLY`), so that those who ask it take the next at once; those that it has
 * end as it is killed. It is started again, three times in ten minutes at most, and refused until it answers.
 *
 * Nothing is done while a transaction of the assembly is under way, which looks for itself (`end_frozen`), and a transaction waits
 * meanwhile: both take the runtime's lock.
 *
 * @example frozenFiles({ assembly: "webserver", unit: "nginx.service", process: "nginx", health: nginxStatus, ports: [80, 443] })
 */
export function frozenFiles(options: FrozenOptions): TreeFile[] {
  const { assembly, unit, process, health } = options;
  if (!/^\/[A-Za-z0-9/._-]*$/.test(health.path))
    throw new Error(`health of ${unit}: ${health.path} is not a plain path`);
  const values = {
    assembly: name(assembly, "assembly"),
    unit: name(unit, "unit that is watched"),
    process: name(process, "process that is watched"),
    address: address(health.address, `health of ${unit}`),
    port: port(health.port, `health of ${unit}`),
    path: health.path,
    interface:
      options.interface === undefined ? "" : networkInterface(options.interface, `interface of the clients of ${unit}`),
    ...(options.ports === undefined ? {} : { ports: options.ports.map((one) => port(one, unit)).join(" ") }),
  };
  return [
    { path: "scripts/frozen", mode: "0755", text: script(import.meta.dirname, "frozen.pl") },
    { path: "scripts/frozen.settings", mode: "0644", text: settings(values) },
    { path: `systemd/${frozenUnit(assembly)}`, mode: "0644", text: frozenService(assembly) },
  ];
}

// It comes with the program that it watches. However it ends, nobody is refused afterwards.
function frozenService(assembly: string): string {
  const table = `gatebox_frozen_${name(assembly, "assembly")}`;
  return `[Unit]
Description=Gatebox: refuses a program that is frozen, and starts it again
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/perl ${treeOf(assembly)}/scripts/frozen
ExecStopPost=-/usr/sbin/nft "add table inet ${table}; delete table inet ${table}"
KillMode=process
TimeoutStopSec=5
Nice=-10
OOMScoreAdjust=-900
Restart=always
RestartSec=200ms
`;
}

/**
 * The source of `gatebox_frozen_refused` and `gatebox_frozen_restarts_total` for one program.
 *
 * @example frozenTold("gateway", "haproxy")
 */
export function frozenTold(assembly: string, program: string): MetricsSource {
  const file = `${notesOf(assembly)}/frozen`;
  return {
    name: "frozen",
    script: script(import.meta.dirname, "metrics.pl"),
    list: [`${name(program, "program that is watched")} ${file}`],
    every: 15,
    after: [file],
  };
}
