import * as pulumi from "@pulumi/pulumi";
import { controlPlaneOf, type Box, type ControlPlane, type SectionDeclaration } from "../box/index.ts";
import { controlPlaneAssembly } from "../render/controlPlane/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { standaloneBox, wholeBoxOf, type Standalone } from "./boxOf.ts";
import { firewalled } from "./HostFirewall.ts";
import { backupsFirst } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { dependencies } from "./waiting.ts";

/** The load balancer of the API where no box is described: the keys of `controlPlane`, its hosts and its VIP. */
export type ControlPlaneLoadBalancerAlone = Standalone<SectionDeclaration<"controlPlane">>;

/**
 * What a `ControlPlaneLoadBalancer` is made from: a box, its section `controlPlane`, or that section's keys with `hosts`,
 * `networks`, `virtualIps` and `connection` beside them. The pool of the VIP has the component's name there.
 */
export type ControlPlaneLoadBalancerArgs = { readonly box: Box } | ControlPlane | ControlPlaneLoadBalancerAlone;

/**
 * The load balancer of the Kubernetes API: HAProxy on each host of the API's virtual IP, in front of the masters. It passes
 * bytes on and ends no TLS; each master is asked over TLS whether it is ready.
 *
 * The address itself is made by `VirtualIps`, as every other, and goes to a host whose load balancer answers. Before anything
 * is changed on a host it looks whether the certificates of the API servers carry the address and the names, and names what
 * they lack. It may be there before the first master is.
 *
 * @throws pulumi.RunError when the box has none, or with every violation of what is described here.
 * @example
 * const api = new ControlPlaneLoadBalancer("api", { box }, { dependsOn: hosts });
 * @example
 * const api = new ControlPlaneLoadBalancer("masters", {
 *   networks: { "box-network": "192.168.1.0/24" },
 *   connection: { network: "box-network", knownHosts: "known_hosts" },
 *   hosts: {
 *     "master-1": { addresses: { "box-network": "192.168.1.21" } },
 *     "master-2": { addresses: { "box-network": "192.168.1.22" } },
 *     "master-3": { addresses: { "box-network": "192.168.1.23" } },
 *   },
 *   virtualIps: { kube: { pool: "masters", network: "box-network", address: "192.168.1.10", virtualRouterId: 3 } },
 *   virtualIp: "kube",
 *   serverNames: ["kube.plane.box"],
 *   ca: readFileSync("ca.crt", "utf8"),
 * });
 * new VirtualIps("api-address", { box: api.box, pool: "masters" }, { dependsOn: api });
 */
export class ControlPlaneLoadBalancer extends pulumi.ComponentResource {
  /** The box that it stands on, for the virtual IPs of its pool. */
  readonly box: Box;
  /** Where clients ask: the URL by the first of the names, or by the address where there is none. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ControlPlaneLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const box = wholeBoxOf(args) ?? standaloneBox(name, "controlPlane", args, (own) => ({ controlPlane: own }));
    const { pool, network, virtualIp, address, port, serverNames, masters } = orRunError(() => controlPlaneOf(box));
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    const shown = { box: box.name, pool, hosts, network, virtualIp, address, port, serverNames };
    super("gatebox:index:ControlPlaneLoadBalancer", name, { ...shown, masters: masters.map((one) => one.name) }, opts);
    this.box = box;
    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    const units = assemblyUnits(this, name, { box, pools: [pool], assembly: controlPlaneAssembly }, before);
    endsWith(this, units.map(({ unit }) => unit)); // prettier-ignore
    this.url = pulumi.output(`https://${serverNames[0] ?? address}:${port}`);
    this.registerOutputs({ url: this.url });
  }
}
