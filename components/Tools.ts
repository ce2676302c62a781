import * as pulumi from "@pulumi/pulumi";
import { boxOfPart, passwordFault, toolsOf, webserversOf, type Box, type Host } from "../box/index.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { endsWith } from "../host/order.ts";
import { asksPassword, toolFiles, toolRoutes, toolUserFiles, toolUserPlaces } from "../render/tools/index.ts";
import { webserverAssembly } from "../render/webserver/index.ts";
import { serviceUrl } from "../render/webserver/serviceUrl.ts";
import { randomPassword } from "./randomPassword.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { toolSecretsOf } from "./toolSecrets.ts";
import { toolsPasswordOf } from "./toolsPassword.ts";
import { and, dependencies, type Before } from "./waiting.ts";
import { claimLocation } from "./WebserverPool.ts";

/** What `Tools` is made from: a box, or its section `tools`. They stand behind the box's web servers, so never alone. */
export type ToolsArgs = ({ readonly box: Box } | NonNullable<Box["tools"]>) & {
  /**
   * Password of the user whom the web servers let in, a secret of 12 characters or more.
   * @default the one that came with the box, else one that is generated and kept in the state
   */
  readonly password?: pulumi.Input<string> | undefined;
};

/**
 * The way through the web servers to the tools of who operates the box (Prometheus, Alertmanager, Grafana, Consul, GitLab), with
 * a log-in in front of what has none. The tools themselves are others'.
 *
 * @throws pulumi.ResourceError when somebody else has one of their places on the web servers, or the password is none.
 * @throws pulumi.RunError when the box has no tools.
 * @example new Tools("tools", { box }, { dependsOn: webservers });
 */
export class Tools extends pulumi.ComponentResource {
  /** The box that they stand behind. */
  readonly box: Box;
  /** Where each is found, by its name. */
  readonly urls: pulumi.Output<Readonly<Record<string, string>>>;
  /** Whom the web servers let in; undefined where they ask for no password. */
  readonly username: string | undefined;
  /** With which password: a secret; undefined where they ask for none. */
  readonly password: pulumi.Output<string> | undefined;

  constructor(name: string, args: ToolsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { password: given, ...described } = args;
    const box = toolsBox(name, given === undefined ? args : described);
    const { username, list, oidcProxy } = orRunError(() => toolsOf(box));
    const { pool } = orRunError(() => webserversOf(box));
    const hosts = backupsFirst(box, pool);
    const shown = list.map((tool) => `${tool.path} ${tool.auth} ${tool.members.map((one) => `${one.address}:${one.port}`).join(" ")}`); // prettier-ignore
    const facts = { box: box.name, hosts: hosts.map((host) => host.name), tools: shown, oidcProxy };
    super("gatebox:index:Tools", name, facts, opts);
    this.box = box;
    for (const { location } of toolRoutes(box)) claimLocation(box, location, this, name);

    let before: Before = dependencies(opts);
    if (asksPassword(box)) {
      this.username = username;
      this.password = this.soundPassword(given ?? toolsPasswordOf(box) ?? this.generated(name));
      const { password } = this;
      before = and(
        before,
        rolling(hosts, before, (host, on) => this.users(name, host, password, on)),
      );
    }
    const files = toolFiles(box);
    const unit = `${box.name}.tools`;
    const units = rolling(hosts, before, (host, dependsOn) => {
      const where = { host, assembly: webserverAssembly.name, unit, files };
      return new HostUnit(`${name}-${host.name}`, where, { parent: this, dependsOn });
    });
    endsWith(this, units);
    this.urls = pulumi.output(Object.fromEntries(list.map((tool) => [tool.name, serviceUrl(box, tool.path)] as const)));
    this.registerOutputs({ urls: this.urls });
  }

  private generated(name: string): pulumi.Output<string> {
    return new (randomPassword("the password of the tools", "give a password"))(
      `${name}-password`,
      { length: 32, special: false },
      { parent: this },
    ).result;
  }

  /** What is known now is looked at now: an error inside of an `apply` comes late. */
  private soundPassword(password: pulumi.Input<string>): pulumi.Output<string> {
    const fault = typeof password === "string" ? passwordFault(password) : undefined;
    if (fault !== undefined) throw new pulumi.ResourceError(`the password of the tools ${fault}`, this, true);
    return pulumi.secret(password);
  }

  /** What follows from the password travels in a resource of its own, so that a preview shows every other file in plain. */
  private users(name: string, host: Host, password: pulumi.Output<string>, dependsOn: Before): HostUnit {
    const texts = password.apply((known) =>
      toolUserFiles(toolsOf(this.box), toolSecretsOf(this.box, known)).map(({ text }) => text),
    );
    const files = toolUserPlaces.map((place, index) => ({ ...place, text: texts.apply((all) => all[index] ?? "") }));
    return new HostUnit(
      `${name}-${host.name}-users`,
      { host, assembly: webserverAssembly.name, unit: `${this.box.name}.tools-users`, files, secret: true },
      { parent: this, dependsOn },
    );
  }
}

function toolsBox(name: string, args: object): Box {
  const box = "box" in args ? (args.box as Box) : boxOfPart(args);
  if (box !== undefined) return box;
  throw new pulumi.RunError(`"${name}" was given neither a box, nor the section tools of one: write { box }`);
}
