import * as pulumi from "@pulumi/pulumi";
import { monitoringSecretFaults, type Box, type Host } from "../box/index.ts";
import { endsWith } from "../host/order.ts";
import { HostUnit } from "../host/HostUnit.ts";
import type { Assembly } from "../render/assembly.ts";
import { alertmanagerAssembly } from "../render/alertmanager/index.ts";
import { secretFile, secretNames } from "../render/monitoringServer/secretFiles.ts";
import { prometheusAssembly } from "../render/prometheus/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { wholeBoxOf } from "./boxOf.ts";
import { firewalled } from "./HostFirewall.ts";
import { monitoringSecretsOf, type MonitoringSecrets } from "./monitoringSecrets.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/** What `Monitoring` is made from: a box, or its section `monitoring`. It watches a box, so it is never alone. */
export type MonitoringArgs = ({ readonly box: Box } | NonNullable<Box["monitoring"]>) & {
  /** What receivers and a remote end are logged in to with, secrets. @default those of the box */
  readonly secrets?: MonitoringSecrets | undefined;
};

/**
 * Prometheus and Alertmanager on the hosts of monitoring, alike and each complete: what is left of them watches on when a host
 * dies. They know from the box what there is to ask. Of several Alertmanagers one sends each message. Changed rules, targets and
 * receivers restart nothing.
 *
 * Deleting it stops them. What Prometheus has stored stays.
 *
 * @throws pulumi.ResourceError when a secret is missing, or nobody sends with one.
 * @throws pulumi.RunError when the box asks for neither of them.
 * @example new Monitoring("monitoring", { box, secrets: { "ops.slack": url } }, { dependsOn: [hosts, firewall] });
 */
export class Monitoring extends pulumi.ComponentResource {
  /** The box that it watches. */
  readonly box: Box;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    const { secrets: given, ...described } = args;
    const box = boxOfMonitoring(name, given === undefined ? args : described);
    const { monitoring } = box;
    if (monitoring === undefined) throw new pulumi.RunError(nothingToMake(box));
    const { pool, network, prometheus, alertmanager } = monitoring;
    if (prometheus === undefined && alertmanager === undefined) throw new pulumi.RunError(nothingToMake(box));
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    const receivers = Object.keys(alertmanager?.receivers ?? {});
    const kept = prometheus && { retention: prometheus.retention, storage: prometheus.storage };
    super("gatebox:index:Monitoring", name, { box: box.name, pool, hosts, network, receivers, ...kept }, opts);
    this.box = box;
    const secrets = given ?? monitoringSecretsOf(box);
    const faults = monitoringSecretFaults(monitoring, Object.keys(secrets));
    if (faults.length > 0)
      throw new pulumi.ResourceError(faults.map(({ path, message }) => `${path}: ${message}`).join("\n"), this, true);

    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    // Alertmanager first: Prometheus has somebody to tell then.
    const told = alertmanager ? this.server(name, alertmanagerAssembly, secrets, before) : [];
    const asking = prometheus ? this.server(name, prometheusAssembly, secrets, and(before, told)) : [];
    endsWith(this, [...told, ...asking]);
    this.registerOutputs({});
  }

  /** One of the servers on all hosts, one host after the other; then what it sends with. */
  private server(
    name: string,
    assembly: Assembly,
    secrets: MonitoringSecrets,
    before: Before,
  ): readonly pulumi.Resource[] {
    const { box } = this;
    const bases = assemblyUnits(this, `${name}-${assembly.name}`, { box, assembly }, before).map(({ unit }) => unit);
    const kind = assembly.name as "prometheus" | "alertmanager";
    const names = box.monitoring === undefined ? [] : secretNames(box.monitoring, kind);
    if (names.length === 0) return bases;
    const [pool] = assembly.pools(box);
    const hosts = pool === undefined ? [] : backupsFirst(box, pool);
    return rolling(hosts, and(before, bases), (host, on) => this.secret(name, assembly, host, names, secrets, on));
  }

  /** What holds secrets travels in a resource of its own, so that a preview shows every other file in plain. */
  private secret(
    name: string,
    assembly: Assembly,
    host: Host,
    names: readonly string[],
    secrets: MonitoringSecrets,
    dependsOn: Before,
  ): HostUnit {
    const files = names.map((one) => {
      const { path, mode } = secretFile(one, "-");
      return {
        path,
        mode,
        text: pulumi.secret(pulumi.output(secrets[one] ?? "").apply((text) => secretFile(one, text).text)),
      };
    });
    return new HostUnit(
      `${name}-${assembly.name}-${host.name}-secrets`,
      { host, assembly: assembly.name, unit: `${this.box.name}.secrets`, files, secret: true },
      { parent: this, dependsOn },
    );
  }
}

function nothingToMake({ name }: Box): string {
  return `box ${name} runs no servers of monitoring: write monitoring.prometheus or monitoring.alertmanager, or leave the component out`;
}

function boxOfMonitoring(name: string, args: object): Box {
  const box = wholeBoxOf(args);
  if (box !== undefined) return box;
  throw new pulumi.RunError(`"${name}" was given neither a box, nor the section monitoring of one: write { box }`);
}
