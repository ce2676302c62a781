import * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import { HostPackages } from "../host/HostPackages.ts";
import { HostRepository } from "../host/HostRepository.ts";
import { HostRuntime } from "../host/HostRuntime.ts";
import type { Packages } from "../render/registryOf.ts";
import { perStack } from "./perStack.ts";
import { and, type Before } from "./waiting.ts";

/** What stands on the hosts of a stack before anything else is done on them, by host. */
const runtimes = perStack(() => new Map<string, HostRuntime>());
const repositories = perStack(() => new Map<string, HostRepository>());
const installed = perStack(() => new Map<string, Installed[]>());
const firewalls = perStack(() => new Map<string, Firewalled>());

/** Packages of one host, and the resource that installs them. */
interface Installed extends Packages {
  readonly by: HostPackages;
}

/** The firewall of one host, and the component that has made it. */
interface Firewalled {
  readonly maker: string;
  readonly unit: pulumi.Resource;
}

/** Two boxes of one program may call different machines by one name, and one machine by two. */
function identity({ name, connection }: Host): string {
  if (connection === undefined) return name;
  const { address, port, bastion } = connection;
  return bastion === undefined ? `${address}:${port}` : `${address}:${port} via ${bastion.address}:${bastion.port}`;
}

/**
 * The runtimes of some hosts: those that this stack has made already, and new ones where it has not, below `parent`.
 *
 * @param name of the component that needs them.
 */
export function runtimesOf(
  hosts: readonly Host[],
  name: string,
  parent: pulumi.ComponentResource,
  dependsOn: Before,
): readonly HostRuntime[] {
  return hosts.map((host) => {
    const known = runtimes().get(identity(host));
    if (known !== undefined) return known;
    const made = new HostRuntime(`${name}-${host.name}`, { host }, { parent, dependsOn });
    runtimes().set(identity(host), made);
    return made;
  });
}

/**
 * The apt repositories of one host that some packages come from: those that this stack has made already, and new ones.
 *
 * @param names entries of the box's `aptRepositories`.
 * @param component the name of the one that needs them.
 */
export function repositoriesOf(
  { box, host, names }: { readonly box: Box; readonly host: Host; readonly names: readonly string[] },
  component: string,
  parent: pulumi.ComponentResource,
  dependsOn: Before,
): readonly HostRepository[] {
  return names.map((name) => {
    const key = `${identity(host)} ${box.name} ${name}`;
    const known = repositories().get(key);
    if (known !== undefined) return known;
    const repository = box.aptRepositories[name];
    if (repository === undefined)
      throw new pulumi.RunError(`aptRepositories of box ${box.name} has no ${name}: write it there`);
    const args = { host, repository, box: box.name };
    const made = new HostRepository(`${component}-${host.name}-${name}`, args, { parent, dependsOn });
    repositories().set(key, made);
    return made;
  });
}

/**
 * What installs some packages on a host: where this stack installs them anyway, that; else a new resource, below `parent`, with the
 * apt repositories that it needs. Nothing where none are wanted.
 *
 * @param component the name of the one that needs them.
 */
export function packagesOn(
  { box, host, wanted }: { readonly box: Box; readonly host: Host; readonly wanted: Packages },
  component: string,
  parent: pulumi.ComponentResource,
  ready: Before,
): readonly HostPackages[] {
  const names = Object.keys(wanted.fromRepositories ?? {});
  if (wanted.packages.length === 0 && names.length === 0) return [];
  const known = installed().get(identity(host)) ?? [];
  const enough = known.find((one) => isPartOf(wanted, one));
  if (enough !== undefined) return [enough.by];
  const dependsOn = and(ready, repositoriesOf({ box, host, names }, component, parent, ready));
  const by = new HostPackages(`${component}-${host.name}`, { host, ...wanted }, { parent, dependsOn });
  installed().set(identity(host), [...known, { ...wanted, by }]);
  return [by];
}

/** Whether all of some packages are among others, and no unit would start that is to be masked. */
function isPartOf(some: Packages, others: Packages): boolean {
  const within = (part: readonly string[], whole: readonly string[]): boolean =>
    part.every((name) => whole.includes(name));
  const from = Object.entries(some.fromRepositories ?? {});
  return (
    within(some.packages, others.packages) &&
    within(some.maskedUntilConfigured, others.maskedUntilConfigured) &&
    from.every(([repository, names]) => within(names, others.fromRepositories?.[repository] ?? []))
  );
}

/** Who has made the firewall of a host in this stack, and its unit; undefined where nobody has yet. */
export function firewallOf(host: Host): Firewalled | undefined {
  return firewalls().get(identity(host));
}

/** Notes who has made the firewall of a host. */
export function setFirewall(host: Host, maker: string, unit: pulumi.Resource): void {
  firewalls().set(identity(host), { maker, unit });
}
