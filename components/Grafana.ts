import * as pulumi from "@pulumi/pulumi";
import { grafanaOf, grafanaPasswordFault, type Box, type Host } from "../box/index.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { endsWith } from "../host/order.ts";
import { grafanaAssembly, grafanaSecretFiles } from "../render/grafana/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { wholeBoxOf } from "./boxOf.ts";
import { firewalled } from "./HostFirewall.ts";
import { grafanaPasswordOf } from "./grafanaPassword.ts";
import { randomPassword } from "./randomPassword.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/** What `Grafana` is made from: a box, or its section `grafana`. It shows what the box's Prometheus knows, so it is never alone. */
export type GrafanaArgs = ({ readonly box: Box } | NonNullable<Box["grafana"]>) & {
  /**
   * Password of the user `admin`, a secret of 12 characters or more.
   * @default the one that came with the box, else one that is generated and kept in the state
   */
  readonly password?: pulumi.Input<string> | undefined;
};

/**
 * Grafana with the box's dashboards on the hosts of its pool, each by itself: what people add on one is not on the other. The
 * first answers, and the next one while it does not. Other dashboards and another password restart nothing.
 *
 * Deleting it stops it. Its database stays on the hosts.
 *
 * @throws pulumi.ResourceError when the password is none.
 * @throws pulumi.RunError when the box has no such section.
 * @example
 * const grafana = new Grafana("grafana", { box }, { dependsOn: [firewall, monitoring] });
 * export const grafanaPassword = grafana.password;
 */
export class Grafana extends pulumi.ComponentResource {
  /** The box that it shows. */
  readonly box: Box;
  /** Where people find it. */
  readonly url: string;
  /** Who logs in. */
  readonly username: string;
  /** With which password: a secret. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { password: given, ...described } = args;
    const box = grafanaBox(name, given === undefined ? args : described);
    const { pool, repository, package: packageName, network, port, url } = orRunError(() => grafanaOf(box));
    const hosts = backupsFirst(box, pool);
    const shown = { pool, hosts: hosts.map((host) => host.name), repository, package: packageName, network, port, url };
    super("gatebox:index:Grafana", name, { box: box.name, ...shown }, opts);
    this.box = box;
    this.url = url;
    this.username = "admin";
    this.password = this.soundPassword(given ?? grafanaPasswordOf(box) ?? this.generated(`${name}-password`, 32));
    const secretKey = this.generated(`${name}-secret-key`, 40);

    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    const bases = assemblyUnits(this, name, { box, assembly: grafanaAssembly }, before).map(({ unit }) => unit);
    // It starts when its secrets are there: one host after the other.
    const started = rolling(hosts, and(before, bases), (host, on) => this.secrets(name, host, secretKey, on));
    endsWith(this, started);
    this.registerOutputs({ url: this.url, username: this.username, password: this.password });
  }

  private generated(name: string, length: number): pulumi.Output<string> {
    const { result } = new (randomPassword("what Grafana keeps secret", "leave grafana out"))(
      name,
      { length, special: false },
      { parent: this },
    );
    return pulumi.secret(result);
  }

  /** What is known now is looked at now: an error inside of an `apply` comes late. */
  private soundPassword(password: pulumi.Input<string>): pulumi.Output<string> {
    const faultOf = (text: string): string | undefined => {
      const fault = grafanaPasswordFault(text);
      return fault === undefined ? undefined : `the password of Grafana ${fault}`;
    };
    const known = typeof password === "string" ? faultOf(password) : undefined;
    if (known !== undefined) throw new pulumi.ResourceError(known, this, true);
    return pulumi.secret(
      pulumi.output(password).apply((text) => {
        const fault = faultOf(text);
        if (fault !== undefined) throw new Error(fault);
        return text;
      }),
    );
  }

  /** What holds secrets travels in a resource of its own, so that a preview shows every other file in plain. */
  private secrets(name: string, host: Host, secretKey: pulumi.Output<string>, dependsOn: Before): HostUnit {
    const texts = pulumi.secret(
      pulumi
        .all([this.password, secretKey])
        .apply(([adminPassword, key]) => grafanaSecretFiles({ adminPassword, secretKey: key }).map(({ text }) => text)),
    );
    // Paths and modes do not depend on the secrets.
    const files = grafanaSecretFiles({ adminPassword: "-", secretKey: "-" }).map(({ path, mode }, index) => ({
      path,
      mode,
      text: texts.apply((all) => all[index] ?? ""),
    }));
    const unit = { host, assembly: grafanaAssembly.name, unit: `${this.box.name}.secrets`, files, secret: true };
    return new HostUnit(`${name}-${host.name}-secrets`, unit, { parent: this, dependsOn });
  }
}

function grafanaBox(name: string, args: object): Box {
  const box = wholeBoxOf(args);
  if (box !== undefined) return box;
  throw new pulumi.RunError(`"${name}" was given neither a box, nor the section grafana of one: write { box }`);
}
