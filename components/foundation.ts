import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/index.ts";
import { HostRuntime } from "../host/HostRuntime.ts";
import { perStack } from "./perStack.ts";
import type { Before } from "./waiting.ts";

/** What stands on the hosts of a stack before anything else is done on them, by host. */
const runtimes = perStack(() => new Map<string, HostRuntime>());
const firewalls = perStack(() => new Map<string, Firewalled>());

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

/** Who has made the firewall of a host in this stack, and its unit; undefined where nobody has yet. */
export function firewallOf(host: Host): Firewalled | undefined {
  return firewalls().get(identity(host));
}

/** Notes who has made the firewall of a host. */
export function setFirewall(host: Host, maker: string, unit: pulumi.Resource): void {
  firewalls().set(identity(host), { maker, unit });
}
