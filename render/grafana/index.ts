/**
 * Grafana on the hosts of its pool, each by itself: a database of its own on its own disk, the same dashboards, the same password.
 *
 * @see Grafana in components/Grafana.ts
 */
import type { Box, Host } from "../../box/model.ts";
import { grafanaOf } from "../../box/sectionOf.ts";
import { EffectKind, type Assembly, type OpenPort, type Program } from "../assembly.ts";
import { serversOf } from "../prometheus/place.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { dashboardProvider, dataSources, grafanaConfiguration, grafanaData } from "./configuration.ts";
import { renderedDashboard } from "./dashboards/dashboard.ts";
import { dashboardsOf } from "./dashboards/index.ts";
import { grafanaAddress, grafanaName, sourcesOf } from "./place.ts";
import { grafanaDropIn, grafanaHome, grafanaUnit } from "./service.ts";

/** Grafana, where the stack asks for it. */
export const grafanaAssembly: Assembly = {
  name: grafanaName,
  pools: ({ grafana }) => (grafana === undefined ? [] : [grafana.pool]),
  // runuser and findmnt are of util-linux.
  programs: [{ name: "Grafana", packages: ["curl", "iproute2", "util-linux"], maskedUntilConfigured: [grafanaUnit] }],
  programsOn: grafanaPrograms,
  effects: [
    {
      unit: grafanaUnit,
      does: EffectKind.Restart,
      files: ["grafana/grafana.ini", "grafana/provisioning/", "secrets/secret-key", "systemd/service.conf"],
      serviceOf: "systemd/service.conf",
      noticed: "Grafana answers again after some seconds",
    },
  ],
  files: grafanaFiles,
  ports: grafanaPorts,
  metrics: (box) => {
    const { network, port } = grafanaOf(box);
    return [{ job: "grafana", network, port }];
  },
};

/** What a host installs: Grafana itself comes from the repository that the stack names. */
function grafanaPrograms(box: Box): readonly Program[] {
  const { repository, package: name } = grafanaOf(box);
  return grafanaAssembly.programs.map((program) => ({ ...program, fromRepository: { repository, packages: [name] } }));
}

/** What it is told in secret. */
export interface GrafanaSecrets {
  /** Password of `admin`. */
  readonly adminPassword: string;
  /** What it encrypts secrets in its database with. */
  readonly secretKey: string;
}

/** The files that hold secrets, a unit of their own. Without them Grafana does not start: it would have a password that all know. */
export function grafanaSecretFiles({ adminPassword, secretKey }: GrafanaSecrets): TreeFile[] {
  return [
    { path: "secrets/admin-password", mode: "0600", text: `${adminPassword}\n` },
    { path: "secrets/secret-key", mode: "0600", text: `${secretKey}\n` },
  ];
}

/**
 * The assembly on one host.
 *
 * @throws BoxError when the box runs no Grafana.
 */
export function grafanaFiles(box: Box, host: Host): TreeFile[] {
  const grafana = grafanaOf(box);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const dashboards = dashboardsOf(box).map(renderedDashboard);
  return [
    text("grafana/grafana.ini", grafanaConfiguration(box, host)),
    text("grafana/provisioning/datasources/gatebox.yaml", dataSources(box, host)),
    text("grafana/provisioning/dashboards/gatebox.yaml", dashboardProvider),
    ...dashboards.map((one) => text(`grafana/dashboards/${one.uid}.json`, one.text)),
    text("systemd/service.conf", grafanaDropIn()),
    text(
      "lifecycle/settings",
      settings({
        unit: grafanaUnit,
        home: grafanaHome,
        package: grafana.package,
        address: grafanaAddress(grafana, host),
        port: grafana.port,
        path: grafana.path,
        data: grafanaData,
        sources: sourcesOf(box, host).map(({ uid }) => uid).join(" "), // prettier-ignore
      }),
    ),
    text("lifecycle/dashboards", dashboards.map(({ uid, mark }) => `${uid} ${mark}\n`).join("")),
    // Its database is made, or changed for another version, at the first start: minutes on a slow disk.
    text("lifecycle/limit", "300\n"),
    usedInterfaces([]),
    { path: "scripts/prepare.sh", mode: "0755", text: script(import.meta.dirname, "prepare.sh") },
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `/etc/systemd/system/${grafanaUnit}.d/gatebox.conf systemd/service.conf\n`),
  ];
}

/** Open to monitoring, which asks it for its metrics. What web servers ask is opened with `tools`. */
function grafanaPorts(box: Box, host: Host): OpenPort[] {
  const { network, port } = grafanaOf(box);
  const others = serversOf(box).filter(({ name }) => name !== host.name);
  const from = others.flatMap(({ addresses }) => addresses[network] ?? []);
  // Alone it is asked by nobody but itself.
  const asked = from.length === 0 ? [grafanaAddress(grafanaOf(box), host)] : from;
  return [{ network, protocol: "tcp", port, from: asked, purpose: "Grafana", path: "grafana.port" }];
}
