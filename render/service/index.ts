/** An assembly that is one service of the distribution, run with a drop-in of ours: what is alike for all of these. */
import { script } from "../script.ts";
import { address, name, port } from "../scalars.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";

/** A service that answers over HTTP. */
export interface ServiceOptions {
  /** Its systemd unit, for example `prometheus-node-exporter.service`. */
  readonly unit: string;
  /** Name of its process as `ss` shows it: the first 15 characters of the program's name. */
  readonly process: string;
  /** Where it listens, and the path that it answers with 200 when it works. */
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** The lines of its drop-in below `[Service]`, for example its command line. */
  readonly service: readonly string[];
}

/**
 * The files of such an assembly: the drop-in, and the steps that check that its port is free, start it (again only where the
 * drop-in's `[Service]` part is another one), ask it until it answers, and stop it when the assembly is removed. It does not
 * start on a host whose firewall does not stand.
 *
 * @example serviceFiles("node-exporter", { unit: "prometheus-node-exporter.service", process: "prometheus-node", … })
 */
export function serviceFiles(assembly: string, options: ServiceOptions): TreeFile[] {
  const lifecycle = (step: string): TreeFile => ({
    path: `lifecycle/${step}`,
    mode: "0755",
    text: script(import.meta.dirname, `${step}.sh`),
  });
  const tree = name(assembly, "name of the assembly");
  return [
    { path: "systemd/service.conf", mode: "0644", text: dropIn(tree, options) },
    {
      path: "lifecycle/settings",
      mode: "0644",
      text: settings({
        assembly: tree,
        unit: name(options.unit, "unit of the service"),
        process: options.process,
        address: address(options.address, `address of ${options.unit}`),
        port: port(options.port, `port of ${options.unit}`),
        path: options.path,
      }),
    },
    // Its unit names no interface.
    usedInterfaces([]),
    ...["check", "activate", "probe", "deactivate"].map(lifecycle),
    {
      path: "lifecycle/links",
      mode: "0644",
      text: `/etc/systemd/system/${options.unit}.d/gatebox.conf systemd/service.conf\n`,
    },
  ];
}

function dropIn(assembly: string, { service }: ServiceOptions): string {
  return `# Runs it as Gatebox declares, from /etc/gatebox/${assembly}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target
StartLimitIntervalSec=0

[Service]
${service.join("\n")}
Restart=always
RestartSec=1s
`;
}
