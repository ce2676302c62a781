import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { asRoot, requireConnection } from "./connection.ts";
import { hostCommand, withHost } from "./hostCommand.ts";
import { RUNTIME_PATH } from "./runtimeText.ts";
import { endsWith, inOrder } from "./order.ts";

/** Which packages a host must have. */
export interface HostPackagesArgs {
  readonly host: Host;
  /** Names of packages of the distribution, for example `haproxy`. */
  readonly packages: readonly string[];
  /** Packages of other repositories, by the names of these; a `HostRepository` each is on the host. Default: none. */
  readonly fromRepositories?: Readonly<Record<string, readonly string[]>>;
  /**
   * systemd units that must not start while packages are installed, so that a distribution's default configuration never
   * listens. Default: none.
   */
  readonly maskedUntilConfigured?: readonly string[];
}

/** Seconds: a slow mirror and a few hundred megabytes; apt itself waits up to two minutes for another apt. */
const TIME_LIMIT = "timeout -k 60 900";

const PACKAGE = /^[a-z0-9][a-z0-9+.-]*$/;
const REPOSITORY = /^[a-z][a-z0-9-]*$/;
const SYSTEMD_UNIT = /^[A-Za-z0-9][A-Za-z0-9@._-]*$/;

/**
 * Packages on a host, installed without recommendations and without questions. Where they are there already, the network
 * is not used. Deleting it removes nothing: other software may have come to need the packages. Needs a `HostRuntime`.
 *
 * @example new HostPackages("haproxy", { host, packages: ["haproxy"], maskedUntilConfigured: ["haproxy.service"] }, { dependsOn: runtime })
 */
export class HostPackages extends pulumi.ComponentResource {
  /** The resource that runs on the host. */
  readonly command: remote.Command;

  /** @throws ResourceError when a name is none or the host has no connection. */
  constructor(name: string, args: HostPackagesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { packages, maskedUntilConfigured = [] } = args;
    const { fromRepositories } = args;
    const shown = { packages, ...(fromRepositories === undefined ? {} : { fromRepositories }), maskedUntilConfigured };
    super("gatebox:index:HostPackages", name, { host: args.host.name, ...shown }, inOrder(opts));
    const connection = requireConnection(args.host);
    const repair = args.host.repair?.["packages"];
    const violations = packageViolations(args);
    if (violations.length > 0) {
      throw new pulumi.ResourceError(violations.map((text) => `${args.host.name}: ${text}`).join("\n"), this, true);
    }
    this.command = hostCommand(
      { name: `${withHost(name, args.host)}-packages` },
      {
        host: args.host,
        create: asRoot(
          connection,
          `${TIME_LIMIT} sh ${RUNTIME_PATH} ${repair === undefined ? "packages" : "packages anew"}`,
        ),
        stdin: packageList(args),
        repair,
      },
      this,
      opts?.dependsOn,
    );
    endsWith(this, [this.command]);
    this.registerOutputs({});
  }
}

function packageViolations({
  packages,
  fromRepositories = {},
  maskedUntilConfigured = [],
}: HostPackagesArgs): string[] {
  const all = [...packages, ...Object.values(fromRepositories).flat()];
  return [
    ...Object.keys(fromRepositories)
      .filter((name) => !REPOSITORY.test(name))
      .map((name) => `${JSON.stringify(name)} is not the name of a repository`),
    ...all.filter((name) => !PACKAGE.test(name)).map((name) => `${JSON.stringify(name)} is not a package's name`),
    ...maskedUntilConfigured
      .filter((name) => !SYSTEMD_UNIT.test(name))
      .map((name) => `${JSON.stringify(name)} is not a systemd unit`),
  ];
}

/** The text that carries the list to the runtime; in order, so that a preview shows only what changed. */
export function packageList({
  packages,
  fromRepositories = {},
  maskedUntilConfigured = [],
}: Omit<HostPackagesArgs, "host">): string {
  const from = Object.entries(fromRepositories).flatMap(([repository, names]) =>
    names.map((name) => `from ${repository} ${name}`),
  );
  return [
    "gatebox-packages 1",
    ...[...new Set(packages)].sort().map((name) => `package ${name}`),
    ...[...new Set(from)].sort(),
    ...[...new Set(maskedUntilConfigured)].sort().map((name) => `mask ${name}`),
    "end",
    "",
  ].join("\n");
}
