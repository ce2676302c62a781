import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { App, Box, ExposedServiceSpec } from "../box/index.ts";
import { GatewayRoute } from "./GatewayRoute.ts";
import { dependencies } from "./rolling.ts";
import { WebserverRoute } from "./WebserverRoute.ts";

/** What an `ExposedService` is made from. */
export interface ExposedServiceArgs {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  /** What is exposed and how, as `exposedService` of the model makes it from a few words. */
  readonly service: ExposedServiceSpec;
}

/**
 * A service of the cluster, reachable from outside the box. One declaration makes three things from one port value: the
 * NodePort Service, the route through every gateway, and the location on every web server. They are made in this order
 * and removed in the opposite one, so that no step leads to a step that is not there.
 *
 * @example
 * const box = new pulumi.StackReference("acme/gatebox/protobox");
 * const description = (await box.getOutputDetails("box")).value as Box;
 * new ExposedService("wiki", { box: description, service: exposedService(description, { name: "wiki", … }) });
 */
export class ExposedService extends pulumi.ComponentResource {
  /** Where clients find it. */
  readonly url: string;

  constructor(name: string, args: ExposedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:ExposedService", name, {}, opts);
    const { box, service } = args;
    const before = dependencies(opts);
    const nodePort = new k8s.core.v1.Service(`${name}-service`, nodePortService(name, service.app), {
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

function nodePortService(name: string, app: App): k8s.core.v1.ServiceArgs {
  return {
    metadata: { name, namespace: app.namespace, labels: { "app.kubernetes.io/managed-by": "gatebox" } },
    spec: {
      type: "NodePort",
      selector: app.selector,
      ports: [{ name: "web", port: app.servicePort, targetPort: app.targetPort, nodePort: app.port, protocol: "TCP" }],
    },
  };
}
