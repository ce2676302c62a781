import * as pulumi from "@pulumi/pulumi";
import type { Box, Host } from "../box/index.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { webserverAssembly, webserverKeyFile, webserverTlsFiles } from "../render/webserver/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { claim } from "./claims.ts";
import { backupsFirst, dependencies, poolHosts, rolling } from "./rolling.ts";

/** What a `WebserverPool` is made from. */
export interface WebserverPoolArgs {
  /** The box; its `webservers` names the pool, the certificate and the pool's own locations. */
  readonly box: Box;
  /** Key of `box.webservers.certificate` in PEM, a secret. Needed exactly when there is a certificate. */
  readonly tlsPrivateKey?: pulumi.Input<string> | undefined;
}

/**
 * The web servers at the edge: nginx on each member, with TLS, the redirect from HTTP, and the pool's own locations.
 * Without a certificate each member makes itself one, once: for trials only.
 *
 * @throws pulumi.ResourceError when a certificate comes without its key, or a key without its certificate.
 * @throws pulumi.RunError when the box has no such pool.
 * @example new WebserverPool("webservers", { box, tlsPrivateKey }, { dependsOn: hosts });
 */
export class WebserverPool extends pulumi.ComponentResource {
  /** Where the pool's own locations are found: name and URL. */
  readonly urls: readonly (readonly [name: string, url: string])[];

  constructor(name: string, args: WebserverPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:WebserverPool", name, {}, opts);
    const { box, tlsPrivateKey } = args;
    if ((box.webservers.certificate === undefined) !== (tlsPrivateKey === undefined)) {
      throw new pulumi.ResourceError(keyMismatch(box), this, true);
    }
    for (const route of box.webservers.routes) claimLocation(box, route.location, this, name);

    const before = dependencies(opts);
    const { pool } = box.webservers;
    const bases = assemblyUnits(this, name, { box, pools: [pool], assembly: webserverAssembly }, before);
    if (tlsPrivateKey !== undefined) {
      rolling(backupsFirst(box, pool), [...before, ...bases], (host, dependsOn) =>
        this.tlsPair(name, box, host, tlsPrivateKey, dependsOn),
      );
    }
    this.urls = box.webservers.routes.map((route) => [route.name, serviceUrl(box, route.location)] as const);
    this.registerOutputs({});
  }

  /**
   * Certificate and key travel together in a resource of their own: so a renewal switches both at once, and a preview
   * shows every other file in plain.
   */
  private tlsPair(
    name: string,
    box: Box,
    host: Host,
    key: pulumi.Input<string>,
    dependsOn: pulumi.Input<pulumi.Resource>[],
  ): HostUnit {
    const files = [
      ...webserverTlsFiles(box.webservers.certificate ?? ""),
      { ...webserverKeyFile, text: pulumi.secret(key) },
    ];
    return new HostUnit(
      `${name}-${host.name}-tls`,
      { host, assembly: "webserver", unit: `${box.name}.tls`, files, secret: true },
      { parent: this, dependsOn },
    );
  }
}

function keyMismatch(box: Box): string {
  return box.webservers.certificate === undefined
    ? "gatebox:tlsPrivateKey is set, but webservers.tls.certificate is not: give both, or neither for a trial"
    : "webservers.tls.certificate is set, but its key is not: `pulumi config set --secret gatebox:tlsPrivateKey < key.pem`";
}

/** One location of a box belongs to one route of a program. */
export function claimLocation(box: Box, location: string, claimant: pulumi.ComponentResource, name: string): void {
  claim(`location ${location} on ${box.webservers.pool} in box ${box.name}`, claimant, name);
}

/** Where clients find a location: under the box's first name, or else at its first web server's address. */
export function serviceUrl(box: Box, location: string): string {
  const { network, pool, serverNames } = box.webservers;
  const server = serverNames[0] ?? poolHosts(box, pool)[0]?.addresses[network] ?? pool;
  return `https://${server}${location}`;
}
