import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Box, ExposedServiceSpec } from "../box/index.ts";
import { GatewayRoute } from "./GatewayRoute.ts";
import { dependencies } from "./rolling.ts";
import { WebserverRoute } from "./WebserverRoute.ts";

/** What an `ExposedService` is made from. */
export interface ExposedServiceArgs {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  /** What is exposed and how: an entry of `box.services`, or on another stack's box what `exposeService` makes. */
  readonly service: ExposedServiceSpec;
}

/**
 * A service of the cluster, reachable from outside the box. One declaration makes three things from one port value: the
 * NodePort Service, the route through every gateway, and the location on every web server. They are made in this order
 * and removed in the opposite one, so that no step leads to a step that is not there.
 *
 * The program that uses it needs what the box's own program needs: an SSH agent with the operator's key, and a
 * kubeconfig of the box's cluster. Host keys come with the box.
 *
 * @throws pulumi.ResourceError when this program has given its port or its location away already.
 * @example
 * // A project of its own, which exposes a service on the box that stack `protobox` of project `gatebox` has made.
 * import { ExposedService, exposeService, readBox } from "gatebox";
 * import * as pulumi from "@pulumi/pulumi";
 *
 * const gatebox = new pulumi.StackReference("organization/gatebox/protobox");
 * const box = readBox((await gatebox.getOutputDetails("box")).value);
 *
 * const service = exposeService(box, "wiki", {
 *   app: { port: 30170, namespace: "wiki", targetPort: 8080 },
 *   options: ["httplog"],
 *   web: { location: "/wiki/", websocket: true },
 * });
 * export const url = new ExposedService("wiki", { box, service }).url;
 */
export class ExposedService extends pulumi.ComponentResource {
  /** Where clients find it. */
  readonly url: string;

  constructor(name: string, args: ExposedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:ExposedService", name, {}, opts);
    const { box, service } = args;
    const before = dependencies(opts);
    const nodePort = new k8s.core.v1.Service(`${name}-service`, nodePortService(service), {
      parent: this,
      dependsOn: before,
    });
    const gateway = new GatewayRoute(
      `${name}-gateways`,
      { box, route: service.gateway },
      { parent: this, dependsOn: [...before, nodePort] },
    );
    const web = new WebserverRoute(
      `${name}-webservers`,
      { box, route: service.web },
      { parent: this, dependsOn: [...before, gateway] },
    );
    this.url = web.url;
    this.registerOutputs({ url: this.url });
  }
}

// Not awaited: the Service works as soon as its pods do, and these may need the box's egress for their images, which
// comes after all that is served at the box's addresses.
function nodePortService({ name, app }: ExposedServiceSpec): k8s.core.v1.ServiceArgs {
  return {
    metadata: {
      name,
      namespace: app.namespace,
      labels: { "app.kubernetes.io/managed-by": "gatebox" },
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: {
      type: "NodePort",
      selector: app.selector,
      ports: [{ name: "web", port: app.servicePort, targetPort: app.targetPort, nodePort: app.port, protocol: "TCP" }],
    },
  };
}
