import * as pulumi from "@pulumi/pulumi";
import { webserversOf, type Box, type Host } from "../box/index.ts";
import { edgeAuthorityOf } from "../host/edgeCertificates.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { endsWith } from "../host/order.ts";
import { issuedNames, webserverAssembly, webserverKeyFile, webserverTlsFiles } from "../render/webserver/index.ts";
import { serviceUrl } from "../render/webserver/serviceUrl.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { boxOf, type PartArgs } from "./boxOf.ts";
import { claim } from "./claims.ts";
import { keepEdgeAuthority } from "./edgeAuthority.ts";
import { firewalled } from "./HostFirewall.ts";
import { randomPassword } from "./randomPassword.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { tlsPrivateKeyOf } from "./tlsPrivateKey.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/**
 * What a `WebserverPool` is made from: a box, its section `webservers`, or that section's keys with `hosts`, `networks` and
 * `connection` beside them, where no box is described.
 */
export type WebserverPoolArgs = PartArgs<"webservers"> & {
  /** Key of the certificate in PEM, a secret. Needed exactly when there is a certificate. @default the one of the box */
  readonly tlsPrivateKey?: pulumi.Input<string> | undefined;
};

/**
 * The web servers at the edge: nginx on each member, with TLS, the redirect from HTTP, and the pool's own locations.
 * Without a certificate each member makes itself one, once: for trials only. With `tls.issuedByBox` all show one that an
 * authority of the box's own has signed, which is derived from a secret in the state.
 *
 * @throws pulumi.ResourceError when a certificate comes without its key, or a key without its certificate.
 * @throws pulumi.RunError when the box has no such pool, or with every violation of what is described here.
 * @example new WebserverPool("webservers", { box, tlsPrivateKey }, { dependsOn: hosts });
 */
export class WebserverPool extends pulumi.ComponentResource {
  /** The box that it stands on, for the locations on it. */
  readonly box: Box;
  /** Where the pool's own locations are found, by the name of the route. */
  readonly urls: pulumi.Output<Readonly<Record<string, string>>>;
  /** Certificate of the authority that clients have to be given, in PEM; undefined unless the box issues the web servers'. */
  readonly authority: pulumi.Output<string> | undefined;

  constructor(name: string, args: WebserverPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const { tlsPrivateKey: given, ...described } = args;
    // A section is known by what it is, and a copy of it is none.
    const box = boxOf(name, "webservers", given === undefined ? args : described);
    const { pool, routes, certificate, ...webservers } = orRunError(() => webserversOf(box));
    const hosts = backupsFirst(box, pool);
    const shown = { hosts: hosts.map((host) => host.name), locations: routes.map(({ location }) => location) };
    super("gatebox:index:WebserverPool", name, { box: box.name, pool, ...shown, ...webservers }, opts);
    this.box = box;
    const tlsPrivateKey = given ?? tlsPrivateKeyOf(box);
    const fault = pairFault(certificate !== undefined, tlsPrivateKey !== undefined, webservers.issuedByBox === true);
    if (fault !== undefined) throw new pulumi.ResourceError(fault, this, true);
    for (const route of routes) claimLocation(box, route.location, this, name);

    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    const bases = assemblyUnits(this, name, { box, pools: [pool], assembly: webserverAssembly }, before);
    endsWith(this, bases.map(({ unit }) => unit)); // prettier-ignore
    const issued = webservers.issuedByBox ? this.issued(name) : undefined;
    this.authority = issued?.authority;
    const pair = issued ?? givenPair(certificate, tlsPrivateKey);
    if (pair !== undefined) {
      const after = and(before, bases.map(({ unit }) => unit)); // prettier-ignore
      endsWith(
        this,
        rolling(hosts, after, (host, dependsOn) => this.tlsPair(name, host, pair, dependsOn)),
      );
    }
    this.urls = pulumi.output(
      Object.fromEntries(routes.map((route) => [route.name, serviceUrl(box, route.location)] as const)),
    );
    this.registerOutputs({ urls: this.urls });
  }

  /** A certificate for all under which clients ask, and the certificate of the authority that has signed it. */
  private issued(name: string): Pair & { readonly authority: pulumi.Output<string> } {
    const { box } = this;
    const secret = new (randomPassword("the secret that signs the web servers' certificate", "give tls.certificate"))(
      `${name}-authority`,
      { length: 64, special: false },
      { parent: this },
    );
    const made = secret.result.apply((text) => edgeAuthorityOf(text, box.name));
    const authority = pulumi.unsecret(made.apply((known) => known.certificate));
    keepEdgeAuthority(box, authority);
    const pair = made.apply((known) => known.pairFor(issuedNames(box)));
    return { authority, certificate: pair.apply((both) => both.certificate), key: pair.apply((both) => both.key) };
  }

  /**
   * Certificate and key travel together in a resource of their own: so a renewal switches both at once, and a preview
   * shows every other file in plain.
   */
  private tlsPair(name: string, host: Host, { certificate, key }: Pair, dependsOn: Before): HostUnit {
    const files = [...webserverTlsFiles(certificate), { ...webserverKeyFile, text: pulumi.secret(key) }];
    return new HostUnit(
      `${name}-${host.name}-tls`,
      { host, assembly: "webserver", unit: `${this.box.name}.tls`, files, secret: true },
      { parent: this, dependsOn },
    );
  }
}

/** A certificate and its private key in PEM. */
interface Pair {
  readonly certificate: pulumi.Input<string>;
  readonly key: pulumi.Input<string>;
}

function givenPair(certificate: string | undefined, key: pulumi.Input<string> | undefined): Pair | undefined {
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function pairFault(hasCertificate: boolean, hasKey: boolean, isIssued: boolean): string | undefined {
  if (isIssued) return hasKey ? keyOfIssued : undefined;
  if (hasCertificate === hasKey) return undefined;
  return hasKey ? keyAlone : certificateAlone;
}

const keyOfIssued =
  "gatebox:tlsPrivateKey is set, and webservers.tls.issuedByBox is true, with which the box makes the key: take one of them out";
const keyAlone =
  "gatebox:tlsPrivateKey is set, but webservers.tls.certificate is not: give both, or neither for a trial";
const certificateAlone =
  "webservers.tls.certificate is set, but its key is not: `pulumi config set --secret gatebox:tlsPrivateKey < key.pem`";

/** One location of a box belongs to one route of a stack. */
export function claimLocation(box: Box, location: string, claimant: pulumi.ComponentResource, name: string): void {
  claim(`location ${location} on ${webserversOf(box).pool} in box ${box.name}`, claimant, name);
}
