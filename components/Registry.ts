import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { boxOfPart, containerRegistryOf, type Box, type Host } from "../box/index.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { dockerRegistryAssembly, registryUserFiles } from "../render/dockerRegistry/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { firewalled } from "./HostFirewall.ts";
import { randomPassword } from "./randomPassword.ts";
import { keepRegistryPasswords, registryPasswordsOf } from "./registryPasswords.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { and, dependencies, type Before } from "./waiting.ts";
import { WebserverRoute } from "./WebserverRoute.ts";

/** What a `Registry` is made from: a box, or its section `registry`. It stands behind the box's web servers, so never alone. */
export type RegistryArgs = ({ readonly box: Box } | NonNullable<Box["registry"]>) & {
  /** Password of its user, a secret. @default the one that came with the box, else one that is generated and kept in the state */
  readonly password?: pulumi.Input<string> | undefined;
};

/**
 * The box's own registry of container images, and the way to it through the web servers: Debian's docker-registry, or the one
 * of a GitLab that is there already (`kind: gitlab`). A `ContainerRuntime` of the box that is made later finds the password by
 * itself. Removing it keeps the images.
 *
 * @throws pulumi.ResourceError when somebody else has its location on the web servers.
 * @throws pulumi.RunError when the box has no registry.
 * @example new Registry("registry", { box }, { dependsOn: webservers });
 */
export class Registry extends pulumi.ComponentResource {
  /** The box that it stands on. */
  readonly box: Box;
  /** What stands in front of its images' names. */
  readonly registry: string;
  readonly username: string;
  /** A secret; undefined for GitLab's, which has users of its own. */
  readonly password: pulumi.Output<string> | undefined;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { password: given, ...described } = args;
    const box = registryBox(name, given === undefined ? args : described);
    const { route, storage, garbageCollection, ...shown } = orRunError(() => containerRegistryOf(box));
    const { pool, kind } = shown;
    const facts = { hosts: backupsFirst(box, pool).map((host) => host.name), directory: storage.directory };
    super("gatebox:index:Registry", name, { box: box.name, ...shown, ...facts, ...garbageCollection }, opts);
    this.box = box;
    this.registry = shown.name;
    this.username = shown.username;

    let before: Before = dependencies(opts);
    if (kind === "docker-registry") {
      const password = pulumi.secret(given ?? registryPasswordsOf(box)[shown.name] ?? this.generated(name));
      this.password = password;
      keepRegistryPasswords(box, { ...registryPasswordsOf(box), [shown.name]: password });
      const units = { box, pools: [pool], assembly: dockerRegistryAssembly };
      const bases = assemblyUnits(this, name, units, firewalled(this, name, { box, pools: [pool] }, before));
      const after = and(before, bases.map(({ unit }) => unit)); // prettier-ignore
      const users = rolling(backupsFirst(box, pool), after, (host, on) => this.users(name, host, password, on));
      before = and(after, users);
    }
    // Web servers lead to it when it answers.
    endsWith(this, [new WebserverRoute(`${name}-webservers`, { box, route }, { parent: this, dependsOn: before })]);
    this.registerOutputs({});
  }

  private generated(name: string): pulumi.Output<string> {
    return new (randomPassword("the registry's password", "give a password"))(
      `${name}-password`,
      { length: 32, special: false },
      { parent: this },
    ).result;
  }

  /** What holds the password travels in a resource of its own, so that a preview shows every other file in plain. */
  private users(name: string, host: Host, password: pulumi.Output<string>, dependsOn: Before): HostUnit {
    const registry = containerRegistryOf(this.box);
    const texts = password.apply((known) =>
      registryUserFiles(registry, known, signatureOf(registry.name, known)).map(({ text }) => text),
    );
    // Paths and modes do not depend on the password.
    const files = registryUserFiles(registry, "-", "-").map(({ path, mode }, index) => ({
      path,
      mode,
      text: texts.apply((all) => all[index] ?? ""),
    }));
    const unit = `${this.box.name}.users`;
    return new HostUnit(
      `${name}-${host.name}-users`,
      { host, assembly: dockerRegistryAssembly.name, unit, files, secret: true },
      { parent: this, dependsOn },
    );
  }
}

function signatureOf(registry: string, password: string): string {
  return createHash("sha256").update(`gatebox registry ${registry} ${password}`).digest("hex");
}

function registryBox(name: string, args: object): Box {
  const box = "box" in args ? (args.box as Box) : boxOfPart(args);
  if (box !== undefined) return box;
  throw new pulumi.RunError(`"${name}" was given neither a box, nor the section registry of one: write { box }`);
}
